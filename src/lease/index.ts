export { clearLease } from './clear-lease.ts';
export { inspectLease } from './inspect-lease.ts';
export type { Lease, LeaseRequest, LeaseRow, LeaseStatus } from './lease.ts';
export { leasePath } from './lease-file.ts';
export { takeLease } from './take-lease.ts';
