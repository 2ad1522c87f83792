import type { JobPlan } from '../../src/job/job-plan.js';

export function jobPlan(fields: Partial<JobPlan> = {}): JobPlan {
  return {
    index: 0,
    readPercent: 100,
    random: true,
    bs: 4096,
    iodepth: 64,
    rampMs: 0,
    runtimeMs: 1000,
    offset: 0,
    blocks: 256,
    firstBlock: 0,
    seed: 1,
    rateIops: null,
    verify: false,
    ...fields,
  };
}
