import { describe, expect, it } from 'vitest'
import {
  announceAddress,
  dialableAddresses,
  isNeighbour,
  listenAddresses,
  resolvedAddresses,
} from './addresses.js'

describe('what a user writes', () => {
  it.each([
    ['127.0.0.1:7000', ['/ip4/127.0.0.1/tcp/7000']],
    ['[::1]:7000', ['/ip6/::1/tcp/7000']],
    [':7000', ['/ip4/0.0.0.0/tcp/7000']],
    ['/ip4/127.0.0.1/tcp/0', ['/ip4/127.0.0.1/tcp/0']],
    ['/memory/alice', ['/memory/alice']],
  ])('is listened on: %s', async (text, addresses) => {
    expect(await listenAddresses(text)).toEqual(addresses)
  })

  it.each([
    '',
    '7000',
    'localhost',
    '127.0.0.1:70000',
    '[::g]:1',
    'http://a:1',
    '/ip4/1.2.3/tcp/4',
    'a b:1',
  ])('is no address: %s', async (text) => {
    expect(await listenAddresses(text)).toBeUndefined()
  })

  it('names a host, and stands for all its addresses', async () => {
    for (const seed of ['localhost:7000', '/dns/localhost/tcp/7000']) {
      expect(await resolvedAddresses(seed)).toContain('/ip4/127.0.0.1/tcp/7000')
    }
    expect(await resolvedAddresses('/ip4/10.0.0.1/tcp/7000')).toEqual(['/ip4/10.0.0.1/tcp/7000'])
  })

  it('is told to others as it is, names unresolved', () => {
    expect(announceAddress('example.org:7000')).toBe('/dns/example.org/tcp/7000')
    expect(announceAddress('10.0.0.1:7000')).toBe('/ip4/10.0.0.1/tcp/7000')
    expect(announceAddress('10.0.0.1:0')).toBeUndefined()
    expect(announceAddress(':7000')).toBeUndefined()
  })
})

describe('where a peer can be dialed', () => {
  it('is first of all where it was reached', () => {
    const seen = { address: '/ip4/10.0.0.2/tcp/7000', isInbound: false }
    expect(dialableAddresses(['/ip4/192.168.0.2/tcp/7000'], seen)).toEqual([
      '/ip4/10.0.0.2/tcp/7000',
      '/ip4/192.168.0.2/tcp/7000',
    ])
  })

  it('is where it comes from, with the ports it listens on', () => {
    const seen = { address: '/ip4/10.0.0.2/tcp/51234', isInbound: true }
    expect(dialableAddresses(['/ip4/0.0.0.0/tcp/7000', '/ip4/127.0.0.1/tcp/7000'], seen)).toEqual([
      '/ip4/10.0.0.2/tcp/7000',
    ])
  })

  it('is a loopback address only for whoever is on the same machine', () => {
    const said = ['/ip4/127.0.0.1/tcp/7000']
    expect(
      dialableAddresses(said, { address: '/ip4/127.0.0.1/tcp/51234', isInbound: true }),
    ).toEqual(said)
    expect(
      dialableAddresses(said, { address: '/ip4/10.0.0.2/tcp/51234', isInbound: true }),
    ).toEqual(['/ip4/10.0.0.2/tcp/7000'])
  })

  it('leaves out what is no address, or a file of this machine', () => {
    const seen = { address: '/ip4/10.0.0.2/tcp/51234', isInbound: true }
    const said = ['rm -rf', '/ip4/1.2.3.4/tcp/99999', '/unix/var%2Frun%2Fdocker.sock']
    expect(dialableAddresses(said, seen)).toEqual([])
  })
})

describe('what is said on the local network', () => {
  it.each([
    ['/ip4/192.168.0.2/tcp/7000', true, true],
    ['/ip4/127.0.0.1/tcp/22', false, true],
    ['/ip4/169.254.169.254/tcp/80', false, false],
    ['/ip6/fe80::1/tcp/80', false, false],
    ['/dns4/example.org/tcp/80', false, false],
    ['/ip4/0.0.0.0/tcp/80', false, false],
    ['/unix/tmp', false, false],
    ['nothing', false, false],
  ])('leads to %s: %s behind doors, %s in an open mesh', (address, behindDoors, inOpen) => {
    expect([isNeighbour(address, true), isNeighbour(address, false)]).toEqual([behindDoors, inOpen])
  })
})
