/** Worlds drawn by fast-check: consistent ones, built as EC2 could show them, and nonsense. */
import fc from "fast-check";
import type {
  Attachment,
  DevicePlace,
  Instance,
  Membership,
  PoolInterface,
  Snapshot,
} from "../../handler/model";
import { GROUP, launchedAtMinute, OTHER_POOL, OTHER_ZONE, POOL, ZONE } from "./worlds";

/** Repeatable on a pull request; another seed from the environment widens the search. */
export const draws = { seed: Number(process.env.FAST_CHECK_SEED ?? 20261121), numRuns: 400 };

/** Interfaces each card takes, by instance type. */
const LIMITS: Record<string, number[]> = {
  "t3.micro": [2],
  "m7i.large": [3],
  "c6in.32xlarge": [2, 4],
};

const LIFECYCLE_STATES = [
  ...["Pending", "Pending:Wait", "Pending:Proceed", "InService", "Standby", "EnteringStandby"],
  ...["Terminating", "Terminating:Wait", "Terminating:Proceed", "Terminating:Retained"],
  ...["Terminated", "Detaching", "Detached", "Quarantined", "Warmed:Pending", "Warmed:Running"],
  ...["Warmed:Pending:Wait", "Warmed:Terminating:Wait", "Warmed:Stopped", "Warmed:Hibernated"],
  ...["ReplacingRootVolume", "ReplacingRootVolume:Wait", "ReplacingRootVolume:Proceed"],
  "RootVolumeReplaced",
];

const anyPool = fc.constantFrom(POOL, OTHER_POOL);
const anyZone = fc.constantFrom(ZONE, OTHER_ZONE);
const mostlyRunning = fc.oneof(
  { weight: 3, arbitrary: fc.constant("running") },
  {
    weight: 2,
    arbitrary: fc.constantFrom("pending", "stopping", "stopped", "shutting-down", "terminated"),
  },
);
const anyAgeSeconds = fc.constantFrom(0, 39, 40, 119, 120, 600);
const anyDeferral = fc.record(
  { reason: fc.constant("EC2 refused"), forGood: fc.boolean() },
  { noNullPrototype: true },
);

/** Absent eight times of nine: the `freq` of `fc.option` counts the other way round. */
const seldom = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
  fc.oneof({ weight: 8, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });

const anyInstanceDraw = fc.record({
  pool: fc.oneof(
    { weight: 4, arbitrary: anyPool },
    { weight: 1, arbitrary: fc.constant(undefined) },
  ),
  availabilityZone: anyZone,
  state: mostlyRunning,
  instanceType: fc.constantFrom(...Object.keys(LIMITS)),
  launchMinute: fc.nat(3),
  lifecycleState: fc.option(fc.constantFrom(...LIFECYCLE_STATES), { nil: undefined }),
  /** Places taken by interfaces that are none of a pool's; what lies between them are gaps. */
  otherIndexes: fc.uniqueArray(fc.integer({ min: 1, max: 3 }), { maxLength: 2 }),
  deferral: seldom(anyDeferral),
  announced: fc.boolean(),
});

/** How an interface is found: where it names a holder, one of its zone is picked by number. */
type Fate =
  "free" | "attached" | "attaching" | "detaching" | "pending" | "service" | "missing" | "recent";
const anyFate = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Fate>("free") },
  { weight: 4, arbitrary: fc.constant<Fate>("attached") },
  {
    weight: 4,
    arbitrary: fc.constantFrom<Fate>(
      "attaching",
      "detaching",
      "pending",
      "service",
      "missing",
      "recent",
    ),
  },
);

const anyInterfaceDraw = fc.record({
  pool: anyPool,
  availabilityZone: anyZone,
  fate: anyFate,
  holder: fc.nat(9),
  ageSeconds: anyAgeSeconds,
  deferral: seldom(anyDeferral),
  attachmentDeferral: seldom(anyDeferral),
});

type InstanceDraw = typeof anyInstanceDraw extends fc.Arbitrary<infer Draw> ? Draw : never;
type InterfaceDraw = typeof anyInterfaceDraw extends fc.Arbitrary<infer Draw> ? Draw : never;

/** Consistent worlds: one place, one holder, one zone for each attachment, and no card overfull. */
export function anyWorld(): fc.Arbitrary<Snapshot> {
  return fc
    .record({
      instanceDraws: fc.array(anyInstanceDraw, { maxLength: 8 }),
      interfaceDraws: fc.array(anyInterfaceDraw, { maxLength: 10 }),
      addresses: fc.uniqueArray(fc.nat(0xffff), { minLength: 10, maxLength: 10 }),
    })
    .map(({ instanceDraws, interfaceDraws, addresses }) => {
      const observed = emptySnapshot();
      instanceDraws.forEach((draw, index) => {
        addInstance(observed, draw, `i-${index}`);
      });
      interfaceDraws.forEach((draw, index) => {
        const number = addresses[index] ?? 0;
        addInterface(observed, draw, index, `10.0.${number >> 8}.${number & 0xff}`);
      });
      return observed;
    });
}

export function emptySnapshot(): Snapshot {
  return {
    interfaces: [],
    instances: {},
    memberships: {},
    interfaceLimits: LIMITS,
    missingInstanceIds: [],
    detachingForSeconds: {},
    missingForSeconds: {},
    unusedForSeconds: {},
    spentTokens: {},
    recentAttachments: {},
    deferred: {},
    announcedInstanceIds: [],
    warmingActions: [],
  };
}

function addInstance(observed: Snapshot, draw: InstanceDraw, instanceId: string): void {
  const { pool, availabilityZone, state, instanceType, launchMinute, otherIndexes } = draw;
  const room = (LIMITS[instanceType]?.[0] ?? 1) - 1;
  const taken = [0, ...otherIndexes.slice(0, room)];
  observed.instances[instanceId] = {
    instanceId,
    poolTag: pool,
    availabilityZone,
    state,
    instanceType,
    launchTime: launchedAtMinute(launchMinute),
    places: taken.map((deviceIndex) => ({
      networkInterfaceId: `eni-other-${instanceId}-${deviceIndex}`,
      networkCardIndex: 0,
      deviceIndex,
    })),
  };
  if (draw.lifecycleState !== undefined) {
    const { lifecycleState } = draw;
    observed.memberships[instanceId] = { groupName: GROUP, poolTag: pool ?? POOL, lifecycleState };
  }
  if (draw.deferral !== undefined) observed.deferred[instanceId] = draw.deferral;
  if (draw.announced) observed.announcedInstanceIds.push(instanceId);
}

function addInterface(
  observed: Snapshot,
  draw: InterfaceDraw,
  index: number,
  address: string,
): void {
  const { pool, availabilityZone, fate, ageSeconds } = draw;
  const networkInterfaceId = `eni-${index}`;
  const attachmentId = `attach-${index}`;
  const found: PoolInterface = {
    networkInterfaceId,
    pool,
    availabilityZone,
    address,
    status: fate === "pending" ? "pending" : "available",
  };
  observed.interfaces.push(found);
  if (draw.deferral !== undefined) observed.deferred[networkInterfaceId] = draw.deferral;
  const hold = (attachment: Partial<Attachment>, status = "attached"): void => {
    found.status = "in-use";
    const place = { deviceIndex: 1, networkCardIndex: 0 };
    const kept = { deleteOnTermination: false };
    found.attachment = { attachmentId, status, ...place, ...kept, ...attachment };
    if (draw.attachmentDeferral) observed.deferred[attachmentId] = draw.attachmentDeferral;
  };
  switch (fate) {
    case "service":
      hold({});
      break;
    case "missing":
      hold({ instanceId: `i-gone-${index}` });
      observed.missingInstanceIds.push(`i-gone-${index}`);
      observed.missingForSeconds[`i-gone-${index}`] = ageSeconds;
      break;
    case "attached":
    case "attaching":
    case "detaching": {
      const holder = pickHolder(observed, draw);
      const place = holder && freePlaceOf(holder);
      if (holder === undefined || place === undefined) break;
      hold({ instanceId: holder.instanceId, ...place }, fate);
      holder.places.push({ networkInterfaceId, ...place });
      if (fate === "detaching") observed.detachingForSeconds[attachmentId] = ageSeconds;
      break;
    }
    case "recent": {
      // This reconcile gives an address only where the plan did: to a running instance that has none.
      const holder = pickHolder(observed, draw);
      const isServed = Object.values(observed.recentAttachments).includes(holder?.instanceId ?? "");
      if (holder?.poolTag !== pool || holder.state !== "running" || isServed) break;
      if (freePlaceOf(holder) === undefined) break;
      observed.recentAttachments[networkInterfaceId] = holder.instanceId;
      break;
    }
    case "free":
    case "pending":
  }
}

function pickHolder(observed: Snapshot, draw: InterfaceDraw): Instance | undefined {
  const neighbours = Object.values(observed.instances).filter(
    ({ availabilityZone }) => availabilityZone === draw.availabilityZone,
  );
  return neighbours[draw.holder % neighbours.length];
}

/** The highest free place rather than the lowest, so that gaps stay. */
export function freePlaceOf(holder: Instance): Omit<DevicePlace, "networkInterfaceId"> | undefined {
  for (const [networkCardIndex, limit] of (LIMITS[holder.instanceType] ?? []).entries()) {
    const taken = holder.places
      .filter((place) => place.networkCardIndex === networkCardIndex)
      .map(({ deviceIndex }) => deviceIndex);
    if (taken.length >= limit) continue;
    const indexes = [4, 3, 2, 1, ...(networkCardIndex > 0 ? [0] : [])];
    const deviceIndex = indexes.find((free) => !taken.includes(free));
    if (deviceIndex !== undefined) return { networkCardIndex, deviceIndex };
  }
  return undefined;
}

/** The same world with every list and every record in another order. */
export function anyOrderOf(observed: Snapshot): fc.Arbitrary<Snapshot> {
  const instances = fc
    .tuple(...Object.values(observed.instances).map((one) => shuffled(one.places)))
    .map((places) =>
      Object.values(observed.instances).map((one, index): [string, Instance] => [
        one.instanceId,
        { ...one, places: places[index] ?? [] },
      ]),
    )
    .chain(shuffled);
  return fc
    .record({
      interfaces: shuffled(observed.interfaces),
      instances,
      memberships: shuffled(Object.entries(observed.memberships)),
      missingInstanceIds: shuffled(observed.missingInstanceIds),
      recentAttachments: shuffled(Object.entries(observed.recentAttachments)),
      deferred: shuffled(Object.entries(observed.deferred)),
    })
    .map((parts) => ({
      ...observed,
      interfaces: parts.interfaces,
      instances: Object.fromEntries(parts.instances),
      memberships: Object.fromEntries<Membership>(parts.memberships),
      missingInstanceIds: parts.missingInstanceIds,
      recentAttachments: Object.fromEntries(parts.recentAttachments),
      deferred: Object.fromEntries(parts.deferred),
    }));
}

function shuffled<Item>(items: Item[]): fc.Arbitrary<Item[]> {
  return fc.shuffledSubarray(items, { minLength: items.length });
}

const ODD_TEXTS = [
  ...[
    "",
    " ",
    "a",
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
