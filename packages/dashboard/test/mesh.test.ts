import { describe, expect, it } from 'vitest'
import { builtPage } from './built-page.js'
import { openCrowd } from './crowd.js'
import type { CrowdOptions } from './crowd.js'
import { openBrowser, openTab } from './tab.js'

const browser = openBrowser()

const patient = { timeout: 20_000 }

async function openMesh(told: Partial<CrowdOptions> = {}) {
  const crowd = await openCrowd({
    page: await builtPage(),
    kind: 'lab',
    peers: 8,
    keys: 10,
    ...told,
  })
  const tab = await openTab(browser(), crowd.feed.address)
  const { page } = tab
  await page.getByRole('row').first().waitFor()
  return {
    crowd,
    tab,
    page,
    [Symbol.asyncDispose]: async () => {
      await tab[Symbol.asyncDispose]()
      await crowd[Symbol.asyncDispose]()
    },
  }
}

describe('the mesh of a lab', () => {
  it('is walked through with the keyboard: from peer to peer, into one, and back', async () => {
    await using mesh = await openMesh()
    const { page } = mesh
    await page.getByRole('link', { name: 'storefront' }).focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.getByRole('region', { name: 'Peer payments' }).waitFor()
    expect(new URL(page.url()).hash).toBe('#/mesh/payments')
    await page.keyboard.press('Escape')
    await page.getByRole('region', { name: 'Peer payments' }).waitFor({ state: 'detached' })
    await page.keyboard.press('2')
    await expect.poll(() => new URL(page.url()).hash, patient).toBe('#/keys')
  })

  it('is cut where one ticked, healed, and its peers are killed and started', async () => {
    await using mesh = await openMesh()
    const { page, crowd } = mesh
    await page.getByRole('checkbox', { name: 'Tick search' }).check()
    await page.getByRole('checkbox', { name: 'Tick mailer' }).check()
    await page.getByRole('button', { name: 'Cut these 2 off' }).click()
    await expect
      .poll(() => crowd.feed.deeds, patient)
      .toEqual([
        [
          '/lab/cut',
          {
            groups: [
              [1, 2, 3, 4, 6, 7],
              [5, 8],
            ],
          },
        ],
      ])
    const state = crowd.state()
    const peers = state.peers.map((peer) =>
      peer.name === 'search' ? { ...peer, state: 'stopped' as const } : peer,
    )
    crowd.setState({
      ...state,
      peers,
      groups: [
        [1, 2, 3, 4, 6, 7],
        [5, 8],
      ],
    })
    await page.getByText('Cut into 2 sides · 1 of 8 peers down').waitFor()
    await page.getByRole('button', { name: 'Heal' }).click()
    await page.getByRole('link', { name: 'search' }).click()
    await page.getByRole('button', { name: 'Start', exact: true }).click()
    await expect
      .poll(() => crowd.feed.deeds.slice(1), patient)
      .toEqual([
        ['/lab/heal', {}],
        ['/lab/peers/5/start', {}],
      ])
    expect(await page.getByRole('button', { name: 'Kill' }).isDisabled()).toBe(true)
  })

  it('has its lines made slow in both directions', async () => {
    await using mesh = await openMesh()
    const { page, crowd } = mesh
    await page.getByRole('button', { name: 'Slow lines' }).click()
    await page.getByLabel('From peers').fill('1-4')
    await page.getByLabel('To peers').fill('5-9')
    expect(await page.getByRole('button', { name: 'Set' }).isDisabled()).toBe(true)
    await page.getByLabel('To peers').fill('5-8')
    await page.getByLabel('Loss, %').fill('50')
    await page.getByRole('button', { name: 'Set' }).click()
    const weather = { delayMs: 200, lossShare: 0.5, state: 'clear' }
    const [here, there] = [
      [1, 2, 3, 4],
      [5, 6, 7, 8],
    ]
    await expect
      .poll(() => crowd.feed.deeds, patient)
      .toEqual([
        ['/lab/lines', { from: here, to: there, ...weather }],
        ['/lab/lines', { from: there, to: here, ...weather }],
      ])
  })

  it('gives the focus back to what opened a sheet, however one leaves it', async () => {
    await using mesh = await openMesh()
    const { page } = mesh
    const opens = page.getByRole('button', { name: 'Slow lines' })
    for (const leave of ['Escape', 'Enter']) {
      await opens.click()
      await page.getByRole('button', { name: 'Set' }).focus()
      await page.keyboard.press(leave)
      await page.getByRole('dialog').waitFor({ state: 'detached' })
      const focused = async (): Promise<string> =>
        page.evaluate<string>('document.activeElement.textContent')
      await expect.poll(focused, { ...patient, message: leave }).toBe('Slow lines …')
    }
  })

  it('says what a scenario does to it just now', async () => {
    await using mesh = await openMesh()
    const { page, crowd } = mesh
    const scenario = { name: 'storm', says: '1-4 are cut off', atMs: 12_000, ofMs: 60_000 }
    crowd.setState({ ...crowd.state(), scenario })
    await page.getByText('Scenario storm: 1-4 are cut off').waitFor()
    expect(await page.getByText('12 s of 1 min').count()).toBe(1)
    crowd.setState({ ...crowd.state(), scenario: undefined })
    await page.getByText('Scenario storm').waitFor({ state: 'detached' })
  })

  it('looks through one of its peers, whatever this tab remembers of another lab', async () => {
    await using mesh = await openMesh()
    const { page } = mesh
    await page.evaluate("sessionStorage.setItem('grapevine-through', '99')")
    await page.reload()
    await page.getByRole('link', { name: /storefront.*looked through/ }).waitFor()
    expect(await page.getByLabel('Peer that is looked through').inputValue()).toBe('1')
  })

  it('tells of a release that travels, and rests when it has come to all', async () => {
    await using mesh = await openMesh()
    const { page, crowd } = mesh
    await page.evaluate(`
      window.frames = 0
      const own = requestAnimationFrame
      window.requestAnimationFrame = (draw) => own((now) => ((window.frames += 1), draw(now)))
    `)
    crowd.step()
    await page.getByText('8 of 8').first().waitFor()
    const frames = async (): Promise<number> => page.evaluate<number>('window.frames')
    await expect.poll(frames, patient).toBeGreaterThan(3)
    // Two looks that find the same: nothing is drawn any more.
    let before = -1
    await expect
      .poll(
        async () => {
          const isStill = before === (await frames())
          before = await frames()
          return isStill
        },
        { ...patient, interval: 400 },
      )
      .toBe(true)
  })

  it('looks through another peer without losing the picture', async () => {
    await using mesh = await openMesh()
    const { page } = mesh
    await page.getByLabel('Peer that is looked through').selectOption('3')
    await page.getByRole('link', { name: /payments.*looked through/ }).waitFor()
    await page.reload()
    await page.getByRole('link', { name: /payments.*looked through/ }).waitFor()
    expect(mesh.tab.faults).toEqual([])
  })
})

describe('the mesh of a peer', () => {
  it('that is lost is shown as it was, says since when, and comes back by itself', async () => {
    await using mesh = await openMesh({ kind: 'peer' })
    const { page, crowd } = mesh
    crowd.feed.setOpen(false)
    await page.getByText(/This peer does not answer since/).waitFor()
    expect(await page.getByRole('row').count()).toBe(9)
    crowd.feed.setOpen(true)
    await page.getByText(/This peer does not answer since/).waitFor({ state: 'detached' })
    expect(await page.getByRole('button', { name: 'Kill' }).count()).toBe(0)
  })

  it('that is alone says how others come in', async () => {
    await using mesh = await openMesh({ kind: 'peer', peers: 1 })
    await mesh.page.getByText('No other peer is in this mesh yet').waitFor()
    expect(await mesh.page.getByText(/^grapevine up/).textContent()).toBe(
      'grapevine up --open test --peer /memory/storefront',
    )
  })
})
