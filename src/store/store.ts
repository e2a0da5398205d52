// The contract of a place for artifacts: folders of files under a name, complete or absent.

export interface StoredFile {
  readonly name: string;
  readonly sizeBytes: number;
}

/** One place for backups: `local` is a folder; others come later. */
export interface Store {
  readonly name: string;
  /** For people: where it is. */
  readonly location: string;
  /** Names of groups (one per target). */
  groups(): Promise<string[]>;
  /** Ids under a group, whatever their completeness, sorted. */
  entries(group: string): Promise<string[]>;
  files(group: string, id: string): Promise<StoredFile[]>;
  readText(group: string, id: string, file: string): Promise<string>;
  /** A path that a child can read the file from; local stores give their own. */
  localPath(group: string, id: string, file: string): Promise<string>;
  /** A new empty folder to build an entry in, on the same file system. Fails with `store/unwritable`, `store/no-room`. */
  stage(group: string, id: string): Promise<string>;
  /** Makes a staged entry visible: files fsynced, renamed in, folders fsynced. The manifest is last. */
  publish(group: string, id: string, stagedFolder: string): Promise<void>;
  /** Removes an entry, manifest first, so that a crash leaves no entry that looks complete. */
  remove(group: string, id: string): Promise<void>;
  freeBytes(): Promise<number>;
}
