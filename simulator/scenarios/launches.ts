import { Faults } from "../faults";
import { subnetIn } from "../deploy/subnets";
import { withPools } from "../deploy/stackFile";
import { Operator, type Stage } from "./operator";
import type { Clock } from "../runtime/clock";
import type { Measurement } from "./scenario";

const ON_DEMAND_SECONDS = 4;
const TWO_MANAGERS_SECONDS = 20;
const TWO_MANAGERS_CALLS = 300;

/** So that the manager has started, and has nothing to do. */
const QUIET_SECONDS = 30;
const PATIENCE_SECONDS = 600;

const options = { clients: "inProcess", responseCost: true } as const;

/** One launch, in milliseconds of the run. */
export interface Launch {
  /** When its instance ran. */
  runningMs: number;
  attachedMs: number;
  /** How long EC2 took to attach. */
  attachingMs: number;
}

/** Sets the stack's one group from none to so many, and waits until all have an address and are in service. */
export async function launchAll(
  { region, addressHistory }: Stage,
  count: number,
): Promise<{ launches: Launch[]; callCount: number; refusedCount: number }> {
  await region.run(QUIET_SECONDS);
  const [group] = region.autoScaling.groups.values();
  if (group === undefined) throw new Error("there is no group");
  const entriesBefore = region.journal.entries.length;
  const launches = new Map<string, Launch>();
  region.ec2.onChange((change) => {
    if (change.kind !== "attached") return;
    const { instanceId, networkInterface } = change;
    const attachingMs = region.clock.nowMs - (networkInterface.attachment?.attachTimeMs ?? 0);
    const runningMs = addressHistory.runningSinceMs.get(instanceId);
    if (runningMs === undefined) throw new Error(`${instanceId} has an address before it runs`);
    launches.set(instanceId, { runningMs, attachedMs: region.seconds * 1000, attachingMs });
  });
  region.autoScaling.setDesiredCapacity(group.name, count);
  const isServed = () =>
    launches.size >= count &&
    [...group.members.values()].every(({ lifecycleState }) => lifecycleState === "InService");
  if (!(await region.run(PATIENCE_SECONDS, isServed))) throw new Error("not all are in service");
  const calls = region.journal.entries.slice(entriesBefore).filter((one) => one.source === "call");
  const refused = calls.filter(({ facts }) => facts?.code !== undefined);
  const counts = { callCount: calls.length, refusedCount: refused.length };
  return { launches: [...launches.values()], ...counts };
}

/** From the first instance that runs to the last address attached. */
export function secondsOf(launches: Launch[]): number {
  const first = Math.min(...launches.map(({ runningMs }) => runningMs));
  const last = Math.max(...launches.map(({ attachedMs }) => attachedMs));
  return (last - first) / 1000;
}

const subnet = subnetIn("0a1b2c3d4e5f60021", "a", "10.60.0.0/24");
const securityGroup = { id: "sg-0a1b2c3d4e5f60021", vpcId: subnet.vpcId };

/** One launch of an instance whose interface is made for it. */
export function onDemandLaunch(): Measurement {
  return {
    description: "an instance launches, for which an interface is made on demand",
    options,
    existing: { subnets: [subnet], securityGroups: [securityGroup] },
    configure: (settings) =>
      withPools(settings, [
        {
          name: "made",
          onDemandSubnetIds: [subnet.id],
          securityGroupIds: [securityGroup.id],
          group: { desiredCapacity: 0, maxSize: 1 },
        },
      ]),
    async measure(stage) {
      const { faults } = new Operator(stage);
      const { launches } = await launchAll(stage, 1);
      const target = {
        what: "Interface on demand attached after its instance ran",
        wanted: ON_DEMAND_SECONDS,
        found: secondsOf(launches),
        unit: "s",
      };
      return { faults, targets: [target] };
    },
  };
}

/** Many launches at once, which two managers serve that nobody coordinates. */
export function twoManagers(count = 100): Measurement {
  return {
    description: `${count} instances launch at once, and two managers work on their pool`,
    options: { ...options, faults: withSecondManager },
    configure: (settings) =>
      withPools(settings, [
        { name: "fleet", size: count, group: { desiredCapacity: 0, maxSize: count } },
      ]),
    async measure(stage) {
      const { faults } = new Operator(stage);
      const { launches, callCount } = await launchAll(stage, count);
      const targets = [
        {
          what: `Last of ${count} launches attached by two managers`,
          wanted: TWO_MANAGERS_SECONDS,
          found: secondsOf(launches),
          unit: "s",
        },
        {
          what: `Calls of two managers until ${count} are in service`,
          wanted: TWO_MANAGERS_CALLS,
          found: callCount,
          unit: "calls",
        },
      ];
      return { faults, targets };
    },
  };
}

/** All is well, but for the second manager. */
function withSecondManager(clock: Clock): Faults {
  const faults = Faults.none(clock);
  faults.periods.push({ fault: "secondManager", share: 1, fromMs: 0, toMs: Infinity });
  return faults;
}
