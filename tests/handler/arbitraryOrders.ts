/** Worlds in another order, drawn by fast-check. */
import fc from "fast-check";
import type { Instance, Membership, World } from "../../handler/types";

/** The same world with every list and every record in another order. */
export function anyOrderOf(observed: World): fc.Arbitrary<World> {
  const instances = fc
    .tuple(...Object.values(observed.instances).map((one) => shuffled(one.slots)))
    .map((slots) =>
      Object.values(observed.instances).map((one, index): [string, Instance] => [
        one.instanceId,
        { ...one, slots: slots[index] ?? [] },
      ]),
    )
    .chain(shuffled);
  return fc
    .record({
      interfaces: shuffled(observed.interfaces),
      instances,
      memberships: shuffled(Object.entries(observed.memberships)),
      missingInstanceIds: shuffled(observed.missingInstanceIds),
      attachedTo: shuffled(Object.entries(observed.attachedTo)),
      backoffs: shuffled(Object.entries(observed.backoffs)),
      ageMs: shuffled(Object.entries(observed.ageMs)),
      madeCounts: shuffled(Object.entries(observed.madeCounts)),
    })
    .map((parts) => ({
      ...observed,
      interfaces: parts.interfaces,
      instances: Object.fromEntries(parts.instances),
      memberships: Object.fromEntries<Membership>(parts.memberships),
      missingInstanceIds: parts.missingInstanceIds,
      attachedTo: Object.fromEntries(parts.attachedTo),
      backoffs: Object.fromEntries(parts.backoffs),
      ageMs: Object.fromEntries(parts.ageMs),
      madeCounts: Object.fromEntries(parts.madeCounts),
    }));
}

function shuffled<Item>(items: Item[]): fc.Arbitrary<Item[]> {
  return fc.shuffledSubarray(items, { minLength: items.length });
}
