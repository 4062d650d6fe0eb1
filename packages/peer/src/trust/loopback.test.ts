import { describe, expect, it } from 'vitest'
import { checkLoopback } from './loopback.js'

describe('an open mesh', () => {
  it('listens on this machine', () => {
    const near = ['127.0.0.1:0', '127.3.2.1:7300', '[::1]:0', 'localhost:7300']
    const addresses = ['/ip4/127.0.0.1/tcp/0', '/ip6/::1/tcp/0', '/dns4/localhost/tcp/1']
    expect(() => checkLoopback([...near, ...addresses])).not.toThrow()
  })

  it.each([
    '0.0.0.0:7300',
    ':7300',
    '*:7300',
    '10.0.0.7:7300',
    '[::]:7300',
    '[::ffff:10.0.0.7]:7300',
    'example.org:7300',
    '127.example.org:7300',
    'localhost.example.org:1',
    '/ip4/0.0.0.0/tcp/7300',
    '/ip6/::/tcp/7300',
    '/dns/example.org/tcp/7300',
  ])('does not listen on %s', (address) => {
    expect(() => checkLoopback(['127.0.0.1:0', address])).toThrow(
      expect.objectContaining({
        code: 'OPTION_INVALID',
        message: expect.stringContaining(
          `cannot listen on ${address}: an open mesh has no doors`,
        ) as string,
      }),
    )
  })
})
