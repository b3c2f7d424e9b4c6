/** Promise: a statement is planned once for all values only as long as that costs no more than planning it for each. */
import t from 'tap';
import { createPlanChoices, type PlanChoices, type PlanMode } from '../../../src/vendors/postgres/plan-choice.ts';

interface World {
  readonly plans: PlanChoices;
  /** Runs a statement so many times; the milliseconds of a run depend on how it is planned. */
  run(times: number, cost: Record<PlanMode, number>, text?: string): void;
  wait(milliseconds: number): void;
}

function world(): World {
  let now = 0;
  const plans = createPlanChoices(() => now);
  return {
    plans,
    run(times, cost, text = 'select 1') {
      for (let i = 0; i < times; i += 1) {
        const mode = plans.choose(text);
        now += cost[mode];
        plans.note(text, mode, cost[mode]);
      }
    },
    wait(milliseconds) {
      now += milliseconds;
    },
  };
}

const better = { auto: 0.3, generic: 0.15 };
const worse = { auto: 0.3, generic: 3 };

t.test('the cheaper one is kept', async (t) => {
  const { plans, run, wait } = world();
  t.equal(plans.choose('select 1'), 'auto', 'the server plans at first');
  run(400, better);
  t.equal(plans.choose('select 1'), 'generic');
  run(400, worse, 'select 2');
  t.equal(plans.choose('select 2'), 'auto', 'each statement for itself');
  wait(30_000);
  run(400, better, 'select 2');
  t.equal(plans.choose('select 2'), 'generic', 'it is tried again');
  run(400, { auto: 80, generic: 1 }, 'select 3');
  t.equal(plans.choose('select 3'), 'auto', 'of a slow one planning is the least');
});

t.test('a busy moment while they are compared falls on both', async (t) => {
  for (const busyFrom of [10, 30, 100, 150, 200, 250]) {
    const { plans, run } = world();
    run(busyFrom, { auto: 0.3, generic: 0.2 });
    run(100, { auto: 0.9, generic: 0.6 });
    run(300, { auto: 0.3, generic: 0.2 });
    t.equal(plans.choose('select 1'), 'generic', `busy from run ${busyFrom}`);
  }
});

t.test('one run that takes very long ends it, longer each time', async (t) => {
  const { plans, run, wait } = world();
  for (const rest of [600_000, 1_200_000]) {
    run(400, better);
    t.equal(plans.choose('select 1'), 'generic');
    run(1, { auto: 0.3, generic: 5000 });
    t.equal(plans.choose('select 1'), 'auto');
    run(1000, better);
    t.equal(plans.choose('select 1'), 'auto', 'it is not tried again soon');
    wait(rest);
  }
});

t.test('both are measured again when it has become slow', async (t) => {
  const { plans, run } = world();
  run(400, better);
  run(2000, { auto: 9, generic: 4.5 });
  t.equal(plans.choose('select 1'), 'generic', 'the machine is busy');
  run(2000, { auto: 0.3, generic: 60 });
  t.equal(plans.choose('select 1'), 'auto', 'the plan is bad');
});

t.test('a run that began before the choice counts for nothing', async (t) => {
  const { plans, run } = world();
  run(400, better);
  plans.note('select 1', 'auto', 60_000);
  t.equal(plans.choose('select 1'), 'generic');
});
