/** Stands for the digest of the plan in a kernel of no plan. */
export const NO_PLAN = '0'.repeat(64);
