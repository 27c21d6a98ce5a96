/** Worlds of the right types and nothing else, drawn by fast-check. */
import fc from "fast-check";
import type { Settings, Snapshot } from "../../handler/model";
import { onDemand, settings } from "./builders";

const ODD_TEXTS = [
  ...[
    "",
    " ",
    "a",
    "a,b",
    ",",
    "b/c",
    "__proto__",
    "constructor",
    "toString",
    "10.0.0.1",
    "999.999",
    "::1",
    "x.y",
  ],
  ...["running", "pending", "terminated", "available", "attached", "attaching", "detaching"],
  ...["Pending:Wait", "Terminating:Wait", "Warmed:Pending:Wait", "Warmed:Terminating:Wait"],
];

/** Settings that have interfaces made on demand in pools of odd names. */
export const anyOddSettings: fc.Arbitrary<Settings> = fc
  .record({
    whenExhausted: fc.constantFrom("wait", "abandon", "continue"),
    poolTags: fc.constantFrom<string[] | undefined>(undefined, [""], ["a,b", "a", "__proto__"]),
    poolSettings: fc.constantFrom<Settings["poolSettings"]>(
      {},
      { a: { onDemand }, "": { onDemand: { ...onDemand, subnetIds: { "": "subnet-a", a: "" } } } },
      Object.fromEntries(ODD_TEXTS.map((name) => [name, { onDemand }])),
    ),
  })
  .map((parts) => settings(parts));

/** Nonsense of the right types; `names` are what ids and instance types are drawn from. */
export function anyNonsense(names: string[]): fc.Arbitrary<Snapshot> {
  const id = fc.constantFrom(...names);
  const text = fc.constantFrom(...ODD_TEXTS);
  const number = fc.constantFrom(-1, 0, 0.5, 1, 2, 64, 120, NaN, Infinity);
  const optional = { nil: undefined };
  const byId = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Record<string, Value>> =>
    fc.array(fc.tuple(id, value), { maxLength: 5 }).map((entries) => Object.fromEntries(entries));
  const place = { deviceIndex: number, networkCardIndex: number };
  const attachment = fc.record({
    attachmentId: id,
    status: text,
    instanceId: fc.option(id, optional),
    deleteOnTermination: fc.boolean(),
    ...place,
  });
  const anyInterface = fc.record({
    networkInterfaceId: id,
    pool: text,
    availabilityZone: text,
    address: text,
    status: text,
    attachment: fc.option(attachment, optional),
    madeFor: fc.option(id, optional),
  });
  const anyInstance = fc.record({
    instanceId: id,
    poolTag: fc.option(text, optional),
    state: text,
    availabilityZone: text,
    instanceType: id,
    launchTime: text,
    places: fc.array(fc.record({ networkInterfaceId: id, ...place })),
  });
  const membership = fc.record({ groupName: text, poolTag: text, lifecycleState: text });
  return fc.record({
    interfaces: fc.array(anyInterface),
    instances: byId(anyInstance),
    memberships: byId(membership),
    interfaceLimits: byId(fc.array(number)),
    missingInstanceIds: fc.array(id),
    detachingForSeconds: byId(number),
    missingForSeconds: byId(number),
    unusedForSeconds: byId(number),
    spentTokens: byId(number),
    recentAttachments: byId(id),
    deferred: byId(fc.record({ reason: text, forGood: fc.boolean() })),
    announcedInstanceIds: fc.array(id),
    warmingActions: fc.array(
      fc.record({ instanceId: id, groupName: id, lifecycleActionToken: id }),
    ),
  });
}
