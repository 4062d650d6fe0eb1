import type { Page } from 'playwright-core'

/** Moments of it that are worth a picture. */
export type Moment = 'mesh' | 'edit' | 'cut' | 'conflict' | 'rollback' | 'silent' | 'figures'

interface Told {
  readonly page: Page
  readonly seen: (moment: Moment) => Promise<void>
}

const key = 'shop/banner'
/** Whoever is killed is called silent after half a minute without a word. */
const patienceMs = 90_000

/** The first minutes of a newcomer, in a browser, with a lab of eight: each step waits for what it shows. */
export async function playStory({ page, seen }: Told): Promise<void> {
  page.setDefaultTimeout(patienceMs)
  await saysVerdict(page, 'All 8 peers agree')
  await seen('mesh')

  await edit(page, 'Spring sale', { before: async () => seen('edit') })
  await saysVerdict(page, 'All 8 peers agree')
  await receiptsOf(page, 'the first', '8 of 8 have it')

  await openView(page, 'Mesh')
  await page.getByRole('button', { name: 'Halves' }).click()
  await saysVerdict(page, 'Cut into 2 sides')
  await edit(page, 'Open all night', { message: 'on the left' })
  await lookThrough(page, '5')
  await edit(page, 'Closed for stocktaking', { message: 'on the right' })
  await openView(page, 'Mesh')
  await saysVerdict(page, '8 peers behind')
  await seen('cut')

  await page.getByRole('button', { name: 'Heal' }).click()
  await saysVerdict(page, '1 key in conflict')
  await openKey(page)
  await page.getByRole('region', { name: 'Conflict' }).waitFor()
  await seen('conflict')
  const other = page.getByRole('region', { name: 'Also written' })
  await other.getByRole('button', { name: 'Take this one' }).click()
  await page.getByRole('region', { name: 'Conflict' }).waitFor({ state: 'detached' })
  await saysVerdict(page, 'All 8 peers agree')

  await edit(page, 'A mistake', { message: 'a mistake' })
  await chooseRelease(page, 'a mistake')
  await page.getByRole('button', { name: 'Roll back …' }).click()
  const sheet = page.getByRole('dialog')
  await sheet.getByRole('button', { name: 'Return 1 key' }).waitFor()
  await seen('rollback')
  await sheet.getByRole('button', { name: 'Return 1 key' }).click()
  await sheet.waitFor({ state: 'detached' })

  await openView(page, 'Mesh')
  await page.getByRole('link', { name: 'mailer' }).click()
  await page.getByRole('button', { name: 'Kill' }).click()
  await saysVerdict(page, '1 of 8 peers down')
  await edit(page, 'One of us is missing', { message: 'without the mailer' })
  await receiptsOf(page, 'without the mailer', '7 of 8 have it, 1 silent')
  await seen('silent')
  await openView(page, 'Figures')
  await seen('figures')
}

const saysVerdict = async (page: Page, words: string): Promise<void> =>
  page.getByRole('banner').getByRole('status').filter({ hasText: words }).waitFor()

async function openView(page: Page, name: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name }).click()
}

async function openKey(page: Page): Promise<void> {
  await page.evaluate(`location.hash = '#/keys/${key}'`)
  await page.getByRole('heading', { name: key }).waitFor()
}

async function lookThrough(page: Page, number: string): Promise<void> {
  await page.getByLabel('through').selectOption(number)
  await page.getByRole('banner').getByRole('status').filter({ hasNotText: 'Opening' }).waitFor()
}

interface EditOptions {
  readonly message?: string
  /** What is written is under review. */
  readonly before?: () => Promise<void>
}

/** As somebody does who knows nothing: Edit, type, Review, Publish. */
async function edit(
  page: Page,
  value: string,
  { message = 'the first', before }: EditOptions = {},
): Promise<void> {
  await openKey(page)
  await page.getByRole('button', { name: 'Edit', exact: true }).click()
  await page.getByLabel(`Value of ${key}`).fill(value)
  await page.getByRole('button', { name: 'Review' }).click()
  const sheet = page.getByRole('dialog')
  await sheet.getByText('objects.').waitFor()
  await sheet.getByLabel('Message').fill(message)
  await before?.()
  await sheet.getByRole('button', { name: 'Publish' }).click()
  await sheet.waitFor({ state: 'detached' })
  await page.locator('.keys-value').filter({ hasText: value }).waitFor()
}

async function chooseRelease(page: Page, message: string): Promise<void> {
  await openView(page, 'Releases')
  await page.getByRole('link', { name: message }).first().click()
  await page.getByRole('heading', { name: message }).waitFor()
}

async function receiptsOf(page: Page, message: string, words: string): Promise<void> {
  await chooseRelease(page, message)
  await page
    .getByRole('article', { name: 'The chosen release' })
    .getByRole('img', { name: words })
    .waitFor()
}
