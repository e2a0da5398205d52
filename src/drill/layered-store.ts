// A store whose new entries lie in a scratch folder, over one that is only read: backups of the live target count as
// those of its copy. Nothing is ever written to, or removed from, the store below.

import { isRecord } from '../base/index.ts';
import type { Store } from '../store/index.ts';

export interface GroupOfCopy {
  /** Of the copy. */
  readonly group: string;
  readonly realPath: string;
  /** Of the live target. */
  readonly liveGroup: string;
}

export function layeredStore(scratch: Store, live: Store, copies: readonly GroupOfCopy[]): Store {
  const removed = new Set<string>();
  const below = (group: string) => copies.find((copy) => copy.group === group)?.liveGroup ?? group;

  const liveEntries = async (group: string): Promise<string[]> =>
    (await live.entries(below(group))).filter((id) => !removed.has(id));
  const isScratch = async (group: string, id: string) => (await scratch.entries(group)).includes(id);

  return {
    name: scratch.name,
    location: scratch.location,
    async groups() {
      const mapped = new Set(copies.map(({ liveGroup }) => liveGroup));
      const others = (await live.groups()).filter((group) => !mapped.has(group));
      return [
        ...new Set([...(await scratch.groups()), ...others, ...copies.map(({ group }) => group)]),
      ].sort();
    },
    entries: async (group) => [...(await scratch.entries(group)), ...(await liveEntries(group))].sort(),
    files: async (group, id) =>
      (await isScratch(group, id)) ? scratch.files(group, id) : live.files(below(group), id),
    async readText(group, id, file) {
      if (await isScratch(group, id)) return scratch.readText(group, id, file);
      const text = await live.readText(below(group), id, file);
      const copy = copies.find((each) => each.group === group);
      return copy === undefined || !file.endsWith('.json') ? text : asOfCopy(text, copy);
    },
    localPath: async (group, id, file) =>
      (await isScratch(group, id))
        ? scratch.localPath(group, id, file)
        : live.localPath(below(group), id, file),
    stage: (group, id) => scratch.stage(group, id),
    publish: (group, id, staged) => scratch.publish(group, id, staged),
    async remove(group, id) {
      if (await isScratch(group, id)) await scratch.remove(group, id);
      else removed.add(id);
    },
    freeBytes: () => scratch.freeBytes(),
  };
}

/** A manifest that cannot be read stays as it is: whoever reads it says so. */
function asOfCopy(text: string, { group, realPath }: GroupOfCopy): string {
  try {
    const manifest: unknown = JSON.parse(text);
    if (!isRecord(manifest) || !isRecord(manifest.target)) return text;
    return JSON.stringify({ ...manifest, target: { ...manifest.target, realPath, group } });
  } catch {
    return text;
  }
}
