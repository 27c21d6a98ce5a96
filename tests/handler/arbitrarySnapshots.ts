/** Worlds drawn by fast-check, built as EC2 could show them. */
import fc from "fast-check";
import {
  type Attachment,
  claimSubject,
  type DevicePlace,
  endSubject,
  type Instance,
  type Membership,
  type PoolInterface,
  type Snapshot,
} from "../../handler/model";
import { anyPoolTag, poolsOfTag } from "./arbitrarySettings";
import {
  GROUP,
  launchedAtMinute,
  MADE_POOL,
  OTHER_POOL,
  OTHER_ZONE,
  POOL,
  snapshot,
  ZONE,
} from "./builders";

/** Repeatable on a pull request; another seed from the environment widens the search. */
export const draws = {
  seed: Number(process.env.FAST_CHECK_SEED ?? 20261121),
  numRuns: 1000,
};

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

const anyPool = fc.constantFrom(POOL, OTHER_POOL, MADE_POOL);
const anyZone = fc.oneof(
  { weight: 3, arbitrary: fc.constant(ZONE) },
  { weight: 1, arbitrary: fc.constant(OTHER_ZONE) },
);
const mostlyRunning = fc.oneof(
  { weight: 6, arbitrary: fc.constant("running") },
  {
    weight: 2,
    arbitrary: fc.constantFrom("pending", "stopping", "stopped", "shutting-down", "terminated"),
  },
);
const anyLifecycleState = fc.oneof(
  { weight: 5, arbitrary: fc.constant(undefined) },
  { weight: 4, arbitrary: fc.constant("Pending:Wait") },
  { weight: 3, arbitrary: fc.constantFrom(...LIFECYCLE_STATES) },
);
const anyAgeSeconds = fc.constantFrom(0, 39, 40, 59, 60, 119, 120, 600);
const anyDeferral = fc.record(
  { reason: fc.constant("EC2 refused"), forGood: fc.boolean() },
  { noNullPrototype: true },
);

/** Absent eight times of nine: the `freq` of `fc.option` counts the other way round. */
const seldom = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
  fc.oneof({ weight: 8, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });

const anyInstanceDraw = fc.record({
  poolTag: fc.oneof(
    { weight: 6, arbitrary: anyPoolTag },
    { weight: 1, arbitrary: fc.constant(undefined) },
  ),
  availabilityZone: anyZone,
  state: mostlyRunning,
  instanceType: fc.constantFrom(...Object.keys(LIMITS)),
  launchMinute: fc.nat(3),
  lifecycleState: anyLifecycleState,
  /** Places taken by interfaces that are none of a pool's; what lies between them are gaps. */
  otherIndexes: fc.uniqueArray(fc.integer({ min: 1, max: 3 }), { maxLength: 2 }),
  deferral: seldom(anyDeferral),
  /** Of its claim to the pool that is filled on demand. */
  claimDeferral: seldom(anyDeferral),
  spentTokens: fc.nat(2),
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
  /** Whether it is on an instance whose tag names its pool, if there is one. */
  isWithItsOwn: fc.oneof(
    { weight: 4, arbitrary: fc.constant(true) },
    { weight: 1, arbitrary: fc.constant(false) },
  ),
  /** Whom it was made for, on demand: its holder, mostly, or one that is there no more, or nobody knows. */
  madeFor: fc.oneof(
    { weight: 5, arbitrary: fc.constant("holder") },
    { weight: 3, arbitrary: fc.constantFrom("another", "nobody", "unknown") },
  ),
  endsWithHolder: fc.boolean(),
  ageSeconds: anyAgeSeconds,
  deferral: seldom(anyDeferral),
  attachmentDeferral: seldom(anyDeferral),
  endDeferral: seldom(anyDeferral),
});

type InstanceDraw = typeof anyInstanceDraw extends fc.Arbitrary<infer Draw> ? Draw : never;
type InterfaceDraw = typeof anyInterfaceDraw extends fc.Arbitrary<infer Draw> ? Draw : never;

/** Consistent worlds: one place, one holder, one zone for each attachment, and no card overfull. */
export function anySnapshot(): fc.Arbitrary<Snapshot> {
  return fc
    .record({
      instanceDraws: fc.array(anyInstanceDraw, { maxLength: 8 }),
      interfaceDraws: fc.array(anyInterfaceDraw, { maxLength: 10 }),
      addresses: fc.uniqueArray(fc.nat(0xffff), { minLength: 10, maxLength: 10 }),
    })
    .map(({ instanceDraws, interfaceDraws, addresses }) => {
      const observed = snapshot({ interfaceLimits: LIMITS });
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

function addInstance(observed: Snapshot, draw: InstanceDraw, instanceId: string): void {
  const { poolTag, availabilityZone, state, instanceType, launchMinute, otherIndexes } = draw;
  const room = (LIMITS[instanceType]?.[0] ?? 1) - 1;
  const taken = [0, ...otherIndexes.slice(0, room)];
  observed.instances[instanceId] = {
    instanceId,
    poolTag,
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
    const groupTag = poolTag ?? POOL;
    observed.memberships[instanceId] = { groupName: GROUP, poolTag: groupTag, lifecycleState };
  }
  if (draw.deferral !== undefined) observed.deferred[instanceId] = draw.deferral;
  const claim = claimSubject(instanceId, MADE_POOL);
  if (draw.claimDeferral !== undefined) observed.deferred[claim] = draw.claimDeferral;
  if (draw.spentTokens > 0) observed.spentTokens[claim] = draw.spentTokens;
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
  if (pool === MADE_POOL) {
    found.madeFor = instanceItWasMadeFor(observed, draw, index);
    observed.unusedForSeconds[networkInterfaceId] = ageSeconds;
  }
  if (draw.deferral !== undefined) observed.deferred[networkInterfaceId] = draw.deferral;
  const hold = (attachment: Partial<Attachment>, status = "attached"): void => {
    found.status = "in-use";
    const place = { deviceIndex: 1, networkCardIndex: 0 };
    const end = { deleteOnTermination: pool === MADE_POOL && draw.endsWithHolder };
    found.attachment = { attachmentId, status, ...place, ...end, ...attachment };
    if (draw.attachmentDeferral) observed.deferred[attachmentId] = draw.attachmentDeferral;
    if (draw.endDeferral) observed.deferred[endSubject(attachmentId)] = draw.endDeferral;
    Reflect.deleteProperty(observed.unusedForSeconds, networkInterfaceId);
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
      if (holder?.state !== "running" || !poolsOfTag(holder.poolTag).includes(pool)) break;
      if (pool === MADE_POOL && found.madeFor !== holder.instanceId) break;
      const given = recentIds(observed, holder.instanceId);
      const isServed = observed.interfaces.some(
        (one) => one.pool === pool && given.includes(one.networkInterfaceId),
      );
      // What it was given just now takes places, too, that its list doesn't show yet.
      if (isServed || freePlaceCount(holder) <= given.length) break;
      observed.recentAttachments[networkInterfaceId] = holder.instanceId;
      break;
    }
    case "free":
    case "pending":
  }
}

/** The interfaces that this reconcile attached to an instance, and that no read shows on it yet. */
export function recentIds(observed: Snapshot, instanceId: string): string[] {
  const recent = Object.entries(observed.recentAttachments);
  return recent.flatMap(([id, holderId]) => (holderId === instanceId ? id : []));
}

/** One is made in the zone of the instance that it is for. */
function instanceItWasMadeFor(
  observed: Snapshot,
  draw: InterfaceDraw,
  index: number,
): string | undefined {
  switch (draw.madeFor) {
    case "holder":
      return pickHolder(observed, draw)?.instanceId ?? `i-gone-${index}`;
    case "another":
      return pickHolder(observed, { ...draw, holder: draw.holder + 1 })?.instanceId;
    case "nobody":
      return `i-gone-${index}`;
    case "unknown":
      return undefined;
  }
}

function pickHolder(observed: Snapshot, draw: InterfaceDraw): Instance | undefined {
  const neighbours = Object.values(observed.instances).filter(
    ({ availabilityZone }) => availabilityZone === draw.availabilityZone,
  );
  const own = neighbours.filter(({ poolTag }) => poolsOfTag(poolTag).includes(draw.pool));
  const candidates = draw.isWithItsOwn && own.length > 0 ? own : neighbours;
  return candidates[draw.holder % candidates.length];
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

/** How many interfaces an instance's type takes beyond those that it lists. */
export function freePlaceCount(holder: Instance): number {
  const limits = LIMITS[holder.instanceType] ?? [];
  return limits.reduce((sum, limit) => sum + limit, 0) - holder.places.length;
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
      unusedForSeconds: shuffled(Object.entries(observed.unusedForSeconds)),
      spentTokens: shuffled(Object.entries(observed.spentTokens)),
    })
    .map((parts) => ({
      ...observed,
      interfaces: parts.interfaces,
      instances: Object.fromEntries(parts.instances),
      memberships: Object.fromEntries<Membership>(parts.memberships),
      missingInstanceIds: parts.missingInstanceIds,
      recentAttachments: Object.fromEntries(parts.recentAttachments),
      deferred: Object.fromEntries(parts.deferred),
      unusedForSeconds: Object.fromEntries(parts.unusedForSeconds),
      spentTokens: Object.fromEntries(parts.spentTokens),
    }));
}

function shuffled<Item>(items: Item[]): fc.Arbitrary<Item[]> {
  return fc.shuffledSubarray(items, { minLength: items.length });
}
