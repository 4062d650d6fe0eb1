import { expectReceipts } from '../expectations.js'
import { type Scenario } from '../scenario.js'
import {
  announce,
  crash,
  cut,
  deliverOnlyTo,
  heal,
  loseDisk,
  minutes,
  put,
  refuse,
  rest,
  seconds,
  tick,
} from '../steps.js'

const four = ['alice', 'bob', 'carol', 'dave']

/** Who has it already, who refused it and why, who is silent since when. */
export const receipts: readonly Scenario[] = [
  {
    rule: 'gives a receipt of each member for a release',
    world: { names: four },
    steps: [
      announce(),
      put('alice', { k: 'twelve' }),
      deliverOnlyTo('bob'),
      refuse('bob', 'k', 'must be a number'),
      cut(['dave'], ['alice', 'bob', 'carol']),
      tick(seconds(31)),
      announce(),
      expectReceipts('alice', 'alice·1', {
        alice: 'reached',
        bob: 'refused k: must be a number',
        carol: 'pending',
        dave: 'silent for 31 s, had 0',
      }),
      heal(),
      rest(),
      expectReceipts('carol', 'alice·1', {
        alice: 'reached',
        bob: 'refused k: must be a number',
        carol: 'reached',
        dave: 'reached',
      }),
    ],
  },
  {
    rule: 'takes a refusal back when the code can use the value, or the value is another',
    world: { names: four },
    steps: [
      put('alice', { k: 'twelve', j: 'x' }),
      rest(),
      refuse('bob', 'k', 'must be a number'),
      refuse('carol', 'j', 'must not be empty'),
      announce(),
      refuse('bob', 'k', undefined),
      put('alice', { j: 'y' }),
      rest(),
      expectReceipts('alice', 'alice·1', {
        bob: 'reached',
        carol: 'refused j: must not be empty',
        dave: 'reached',
      }),
      expectReceipts('alice', 'alice·2', { bob: 'reached', carol: 'reached' }),
    ],
  },
  {
    rule: 'keeps a receipt while its member is silent, and tells who was never heard',
    world: { names: four },
    steps: [
      put('alice', { k: 1 }),
      deliverOnlyTo('bob'),
      announce('bob'),
      tick(minutes(60)),
      expectReceipts('alice', 'alice·1', {
        bob: 'reached',
        carol: 'silent for ever, had 0',
      }),
      crash('alice'),
      expectReceipts('alice', 'alice·1', {
        alice: 'reached',
        bob: 'silent for ever, had 0',
      }),
      loseDisk('bob'),
      announce('bob'),
      expectReceipts('alice', 'alice·1', { bob: 'pending' }),
    ],
  },
]
