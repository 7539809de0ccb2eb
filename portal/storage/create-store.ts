import type { StoreConfig } from '../config.ts';
import type { BodyStore } from './body-store.ts';
import { createDirectoryStore } from './directory-store.ts';
import { createS3Store } from './s3-store.ts';

/** The store of bodies that the configuration names; opens no connection and touches no file (see `ping`). */
export function createStore(config: StoreConfig): BodyStore {
  return config.kind === 'directory' ? createDirectoryStore(config.path) : createS3Store(config);
}
