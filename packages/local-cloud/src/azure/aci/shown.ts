import { createHash } from 'node:crypto';
import type { ContainerGroup } from './group.ts';
import type { AciParts } from './parts.ts';
import { showGroup } from './show.ts';

const turns = new WeakMap<ContainerGroup, number>();

/** A group as the next answer has it. */
export function shown({ seed, world }: AciParts, group: ContainerGroup, inList = false): object {
  const turn = turns.get(group) ?? 0;
  if (!inList) turns.set(group, turn + 1);
  return showGroup(group, {
    fqdn: world.nameOf(group),
    turn,
    inList,
    tenantId: seed.tenantId,
    identityOf: (name) => ({ principalId: guid(`${name} principal`), clientId: guid(name) }),
  });
}

function guid(of: string): string {
  const hex = createHash('sha256').update(of).digest('hex');
  return [8, 4, 4, 4, 12]
    .map((length, index, all) => {
      const from = all.slice(0, index).reduce((sum, one) => sum + one, 0);
      return hex.slice(from, from + length);
    })
    .join('-');
}
