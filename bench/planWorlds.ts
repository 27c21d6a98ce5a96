import { assess } from "../handler/assess";
import type { PoolInterface, Settings, World } from "../handler/types";

// Bundled by itself for the process whose memory is measured: nothing of the simulator may be imported.

const POOL = "fleet";
const ZONE = "eu-west-1a";
const SETTINGS: Settings = { tagKey: "pool-tag", whenExhausted: "wait", poolSettings: {} };

/** The states in which there is most to assess, by what a reader calls them. */
export const WORLDS: Record<string, (number: number) => Partial<PoolInterface>> = {
  "in sync": (number) => heldBy(`i-${number}`, "attached"),
  "all launch at once": () => ({ status: "available" }),
  "all wait for addresses on their way back": (number) => heldBy(`i-old-${number}`, "detaching"),
};

function heldBy(instanceId: string, status: string): Partial<PoolInterface> {
  const attachmentId = `attach-${instanceId}`;
  const slot = { deviceIndex: 1, networkCardIndex: 0 };
  const attachment = { attachmentId, status, instanceId, ...slot, deleteOnTermination: false };
  return { status: "in-use", attachment };
}

/** As many interfaces as instances of one pool, all running in a group. */
export function createWorld(kind: string, count: number): World {
  const shape = WORLDS[kind];
  if (shape === undefined) throw new Error(`there is no world ${kind}`);
  const numbers = Array.from({ length: count }, (_, index) => index);
  // As EC2 lists them, which is not by address.
  const shuffled = numbers.map((number) => (number * 7_919) % count);
  const interfaces = shuffled.map((number) => ({
    networkInterfaceId: `eni-${number}`,
    pool: POOL,
    availabilityZone: ZONE,
    address: `10.${number >> 16}.${(number >> 8) % 256}.${number % 256}`,
    status: "available",
    ...shape(number),
  }));
  const holdsOwn = kind === "in sync";
  const instances = numbers.map((number) => {
    const primary = { networkInterfaceId: "eni-primary", networkCardIndex: 0, deviceIndex: 0 };
    const own = { networkInterfaceId: `eni-${number}`, networkCardIndex: 0, deviceIndex: 1 };
    return {
      instanceId: `i-${number}`,
      poolTag: POOL,
      state: "running",
      availabilityZone: ZONE,
      instanceType: "m7g.medium",
      launchTime: `2026-01-01T00:${String(number % 60).padStart(2, "0")}:00.000Z`,
      slots: holdsOwn ? [primary, own] : [primary],
    };
  });
  const leaving = numbers.map((number) => `i-old-${number}`);
  const missing = kind === "all wait for addresses on their way back" ? leaving : [];
  const lifecycleState = holdsOwn ? "InService" : "Pending:Wait";
  return {
    interfaces,
    instances: Object.fromEntries(instances.map((instance) => [instance.instanceId, instance])),
    memberships: Object.fromEntries(
      instances.map(({ instanceId }) => [
        instanceId,
        { groupName: "fleet", poolTag: POOL, lifecycleState },
      ]),
    ),
    groupTags: { fleet: POOL },
    interfaceLimits: {},
    missingInstanceIds: missing,
    ageMs: {},
    attachedTo: {},
    madeCounts: {},
    backoffs: {},
    reportedRunningIds: [],
    reportedLaunchIds: [],
    warmPoolLaunches: [],
    isFullRead: true,
  };
}

/** @returns how much it came to, so that nobody optimises it away */
export function planWorld(world: World): number {
  const { interfaces, claims, hooks } = assess(world, SETTINGS);
  return interfaces.length + claims.length + hooks.length;
}
