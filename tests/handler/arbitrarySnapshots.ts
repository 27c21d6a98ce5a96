/** Worlds drawn by fast-check, built as EC2 could show them. */
import fc from "fast-check";
import {
  ageKey,
  type Attachment,
  claimKey,
  type Instance,
  type PoolInterface,
  slotKey,
  type World,
} from "../../handler/types";
import { freeSlotCount, freeSlotOf, interfaceLimits, LIMITS } from "./arbitraryLimits";
import { anyPoolTag, poolsOfTag } from "./arbitrarySettings";
import {
  createWorld,
  GROUP,
  launchedAtMinute,
  MADE_POOL,
  OTHER_POOL,
  OTHER_ZONE,
  POOL,
  ZONE,
} from "./builders";

/** Repeatable on a pull request; another seed from the environment widens the search. */
export const draws = {
  seed: Number(process.env.FAST_CHECK_SEED ?? 20261121),
  numRuns: 1000,
};

const LIFECYCLE_STATES = [
  ...["Pending", "Pending:Wait", "Pending:Proceed", "InService", "Standby", "EnteringStandby"],
  ...["Terminating", "Terminating:Wait", "Terminating:Proceed", "Terminating:Retained"],
  ...["Terminated", "Detaching", "Detached", "Quarantined", "Warmed:Pending", "Warmed:Running"],
  ...["Warmed:Pending:Wait", "Warmed:Terminating:Wait", "Warmed:Stopped", "Warmed:Hibernated"],
  ...["ReplacingRootVolume", "ReplacingRootVolume:Wait", "ReplacingRootVolume:Proceed"],
  ...["RootVolumeReplaced", "Warmed:Pending:Retained", "Warmed:Terminating:Retained"],
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
const mostlyTrue = fc.oneof(
  { weight: 4, arbitrary: fc.constant(true) },
  { weight: 1, arbitrary: fc.constant(false) },
);
const anyLifecycleState = fc.oneof(
  { weight: 5, arbitrary: fc.constant(undefined) },
  { weight: 4, arbitrary: fc.constant("Pending:Wait") },
  { weight: 3, arbitrary: fc.constantFrom(...LIFECYCLE_STATES) },
);
const anyAgeMs = fc.constantFrom(
  0,
  39_999,
  40_000,
  59_999,
  60_000,
  119_999,
  120_000,
  299_999,
  600_000,
);
const anyRefusal = fc.record(
  {
    reason: fc.constant("EC2 refused"),
    permanent: fc.boolean(),
    retryInMs: fc.constantFrom(300, 55_000),
  },
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
  /** Slots taken by interfaces that are none of a pool's; what lies between them are gaps. */
  otherIndexes: fc.uniqueArray(fc.integer({ min: 1, max: 3 }), { maxLength: 2 }),
  refusal: seldom(anyRefusal),
  /** Of its claim to the pool that is filled on demand. */
  claimRefusal: seldom(anyRefusal),
  madeCount: fc.nat(2),
  /** Of its lowest index. */
  slotRefusal: seldom(anyRefusal),
  leavingMs: anyAgeMs,
  reportedRunning: fc.boolean(),
});

/** How an interface is found: where it names a holder, one of its zone is picked by number. */
type Fate =
  | "free"
  | "attached"
  | "attaching"
  | "detaching"
  | "pending"
  | "service"
  | "foreign"
  | "missing"
  | "recent";
const anyFate = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Fate>("free") },
  { weight: 4, arbitrary: fc.constant<Fate>("attached") },
  { weight: 1, arbitrary: fc.constant<Fate>("missing") },
  {
    weight: 4,
    arbitrary: fc.constantFrom<Fate>(
      "attaching",
      "detaching",
      "pending",
      "service",
      "foreign",
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
  isWithItsOwn: mostlyTrue,
  /** Whom it was made for, on demand: its holder, mostly, or one that is there no more, or nobody knows. */
  madeFor: fc.oneof(
    { weight: 5, arbitrary: fc.constant("holder") },
    { weight: 3, arbitrary: fc.constantFrom("another", "nobody", "unknown") },
  ),
  endsWithHolder: fc.boolean(),
  ageMs: anyAgeMs,
  refusal: seldom(anyRefusal),
  attachmentRefusal: seldom(anyRefusal),
  endRefusal: seldom(anyRefusal),
  isForced: fc.boolean(),
});

type InstanceDraw = typeof anyInstanceDraw extends fc.Arbitrary<infer Draw> ? Draw : never;
type InterfaceDraw = typeof anyInterfaceDraw extends fc.Arbitrary<infer Draw> ? Draw : never;

/** Consistent worlds: one slot, one holder, one zone for each attachment, and no card overfull. */
export function anyWorld(): fc.Arbitrary<World> {
  return fc
    .record({
      instanceDraws: fc.array(anyInstanceDraw, { maxLength: 8 }),
      interfaceDraws: fc.array(anyInterfaceDraw, { maxLength: 10 }),
      addresses: fc.uniqueArray(fc.nat(0xffff), { minLength: 10, maxLength: 10 }),
      isFullRead: mostlyTrue,
      emptyMs: anyAgeMs,
    })
    .map(({ instanceDraws, interfaceDraws, addresses, isFullRead, emptyMs }) => {
      const observed = createWorld({ interfaceLimits, isFullRead });
      instanceDraws.forEach((draw, index) => {
        addInstance(observed, draw, `i-${index}`);
      });
      interfaceDraws.forEach((draw, index) => {
        const number = addresses[index] ?? 0;
        addInterface(observed, draw, index, `10.0.${number >> 8}.${number & 0xff}`);
      });
      for (const zone of [ZONE, OTHER_ZONE]) {
        for (const pool of [POOL, OTHER_POOL])
          observed.ageMs[ageKey("empty", `${zone}/${pool}`)] = emptyMs;
      }
      return observed;
    });
}

function addInstance(observed: World, draw: InstanceDraw, instanceId: string): void {
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
    slots: taken.map((deviceIndex) => ({
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
  if (draw.refusal !== undefined) observed.backoffs[instanceId] = draw.refusal;
  const claim = claimKey(instanceId, MADE_POOL);
  if (draw.claimRefusal !== undefined) observed.backoffs[claim] = draw.claimRefusal;
  if (draw.madeCount > 0) observed.madeCounts[claim] = draw.madeCount;
  const slot = { networkCardIndex: 0, deviceIndex: 1 };
  if (draw.slotRefusal !== undefined)
    observed.backoffs[slotKey(instanceId, slot)] = draw.slotRefusal;
  observed.ageMs[ageKey("leaving", instanceId)] = draw.leavingMs;
  if (draw.reportedRunning) observed.reportedRunningIds.push(instanceId);
}

function addInterface(observed: World, draw: InterfaceDraw, index: number, address: string): void {
  const { pool, availabilityZone, fate, ageMs } = draw;
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
    observed.ageMs[ageKey("unused", networkInterfaceId)] = ageMs;
  }
  if (draw.refusal !== undefined) observed.backoffs[networkInterfaceId] = draw.refusal;
  const hold = (attachment: Partial<Attachment>, status = "attached"): void => {
    found.status = "in-use";
    const slot = { deviceIndex: 1, networkCardIndex: 0 };
    const end = { deleteOnTermination: pool === MADE_POOL && draw.endsWithHolder };
    found.attachment = { attachmentId, status, ...slot, ...end, ...attachment };
    if (draw.attachmentRefusal) observed.backoffs[attachmentId] = draw.attachmentRefusal;
    if (draw.endRefusal) observed.backoffs[`end/${attachmentId}`] = draw.endRefusal;
    Reflect.deleteProperty(observed.ageMs, ageKey("unused", networkInterfaceId));
  };
  switch (fate) {
    case "service":
      hold({});
      found.foreign = "a service of AWS holds it";
      break;
    case "foreign":
      hold({ instanceId: `i-foreign-${index}` });
      found.foreign = "an instance of another account holds it";
      break;
    case "missing":
      hold({ instanceId: `i-gone-${index}` });
      observed.missingInstanceIds.push(`i-gone-${index}`);
      observed.ageMs[ageKey("missing", `i-gone-${index}`)] = ageMs;
      break;
    case "attached":
    case "attaching":
    case "detaching": {
      const holder = pickHolder(observed, draw);
      const slot = holder && freeSlotOf(holder);
      if (holder === undefined || slot === undefined) break;
      hold({ instanceId: holder.instanceId, ...slot }, fate);
      holder.slots.push({ networkInterfaceId, ...slot });
      if (fate === "detaching") observed.ageMs[ageKey("detaching", attachmentId)] = ageMs;
      if (fate === "detaching" && draw.isForced)
        observed.ageMs[ageKey("forced", attachmentId)] = ageMs;
      if (fate === "attaching") observed.ageMs[ageKey("attaching", networkInterfaceId)] = ageMs;
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
      // What it was given just now takes slots, too, that its list doesn't show yet.
      if (isServed || freeSlotCount(holder) <= given.length) break;
      observed.attachedTo[networkInterfaceId] = holder.instanceId;
      break;
    }
    case "free":
    case "pending":
  }
}

/** The interfaces that this reconcile attached to an instance, and that no read shows on it yet. */
export function recentIds(observed: World, instanceId: string): string[] {
  const recent = Object.entries(observed.attachedTo);
  return recent.flatMap(([id, holderId]) => (holderId === instanceId ? id : []));
}

/** One is made in the zone of the instance that it is for. */
function instanceItWasMadeFor(
  observed: World,
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

function pickHolder(observed: World, draw: InterfaceDraw): Instance | undefined {
  const neighbours = Object.values(observed.instances).filter(
    ({ availabilityZone }) => availabilityZone === draw.availabilityZone,
  );
  const own = neighbours.filter(({ poolTag }) => poolsOfTag(poolTag).includes(draw.pool));
  const candidates = draw.isWithItsOwn && own.length > 0 ? own : neighbours;
  return candidates[draw.holder % candidates.length];
}
