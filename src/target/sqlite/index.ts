export { sqliteDriver } from './driver.ts';
