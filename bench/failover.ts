import { isLeaving, type Member } from "../simulator/aws/autoscaling/group";
import { type Deployment, deployStack } from "../simulator/deploy/engine";
import type { Stage } from "../simulator/scenarios/operator";
import { readStackSettings, withPools } from "../simulator/deploy/stackFile";
import { formatSpread, type Part, type Row } from "./figures";
import { measureSeeds, STACK } from "./measure";

const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8, 9];
const PATIENCE_SECONDS = 600;
/** From an address being free to its being attached to the spare instance. */
export const MOST_AFTER_RELEASE_SECONDS = 3;

/** How a holder fails. */
export const FAILURES: Record<string, (stage: Stage, holder: string) => void> = {
  "the holder shuts down": ({ region }, holder) => {
    region.ec2.terminateInstance(holder);
  },
  "the holder fails its status checks": ({ region }, holder) => {
    region.autoScaling.reportImpaired(holder);
  },
};

/** How long an address took from one that failed to the spare instance, in virtual seconds. */
export interface Failover {
  /** From the failure until the holder shuts down or its group lets it go. */
  noticeSeconds: number;
  /** From then until the address is off the holder. */
  releaseSeconds: number;
  /** From then until it is attached to the spare instance. */
  takeoverSeconds: number;
  /** What EC2 itself took to attach it. */
  attachSeconds: number;
}

/** Lets the holder of a pool's one address fail while a spare instance runs. */
export async function measureFailovers(): Promise<Part> {
  const deployment = await deployPair();
  const rows: Row[] = [];
  for (const [how, fail] of Object.entries(FAILURES)) {
    const failovers = await measureSeeds(deployment, { seeds: SEEDS }, (stage) =>
      playFailover(stage, fail),
    );
    rows.push(...toRows(how, failovers));
  }
  const notes = [
    `A pool of one address and a group of two instances, seeds ${SEEDS.join(", ")}. Of one that shuts down EC2 releases the address itself, or the manager detaches it before. One that fails its status checks is borne by its group for two to three minutes, and then let go with its lifecycle hook: the manager detaches the address while it still runs. The floor is the group's patience and what EC2 took to release and to attach in the same run.`,
  ];
  return { title: "Failover to a spare instance", rows, notes };
}

/** Deploys the program with a pool of one address and a group of two instances. */
export function deployPair(): Promise<Deployment> {
  const pool = { name: "service", size: 1, whenExhausted: "continue" };
  const pools = [{ ...pool, group: { desiredCapacity: 2, maxSize: 2 } }];
  return deployStack(STACK, withPools(readStackSettings(STACK), pools));
}

/** Plays one failover until the spare instance has the address. */
export async function playFailover(
  stage: Stage,
  fail: (stage: Stage, holder: string) => void,
): Promise<Failover> {
  const { region, addressHistory } = stage;
  const [group] = region.autoScaling.groups.values();
  const [record] = addressHistory.records;
  if (group === undefined || record === undefined) throw new Error("there is no pool with a group");
  const runUntil = async (what: string, isSo: () => boolean): Promise<number> => {
    if (await region.run(PATIENCE_SECONDS, isSo)) return region.seconds;
    throw new Error(`${what} takes more than ${PATIENCE_SECONDS} s`);
  };
  const address = () => region.ec2.interfaceById(record.networkInterfaceId);
  const members = () => [...group.members.values()];
  const isAtWork = ({ lifecycleState }: Member) => lifecycleState === "InService";
  await runUntil("the start", () => members().filter(isAtWork).length === 2);
  const holder = address().attachment?.instanceId ?? "";
  const spare = members().find(({ instance }) => instance.id !== holder)?.instance.id;
  const failedAt = region.seconds;
  fail(stage, holder);
  const goneAt = await runUntil("the group's notice", () => {
    const member = group.members.get(holder);
    return member === undefined || isLeaving(member) || member.instance.state !== "running";
  });
  const freeAt = await runUntil("the release", () => address().attachment?.instanceId !== holder);
  const attachedAt = await runUntil(
    "the takeover",
    () => addressHistory.holderOf(record.address) === spare,
  );
  const attachTimeMs = address().attachment?.attachTimeMs ?? NaN;
  return {
    noticeSeconds: goneAt - failedAt,
    releaseSeconds: freeAt - goneAt,
    takeoverSeconds: attachedAt - freeAt,
    attachSeconds: (region.clock.nowMs - attachTimeMs) / 1000,
  };
}

function toRows(how: string, failovers: Failover[]): Row[] {
  const spread = (secondsOf: (failover: Failover) => number) =>
    formatSpread(failovers.map(secondsOf), 1, " s");
  const takeovers = failovers.map(({ takeoverSeconds }) => takeoverSeconds);
  return [
    {
      what: `${how}: the spare instance has the address after`,
      figure: spread((one) => one.noticeSeconds + one.releaseSeconds + one.takeoverSeconds),
      floor: spread((one) => one.noticeSeconds + one.releaseSeconds + one.attachSeconds),
    },
    {
      what: `${how}: of these after the address is free`,
      figure: formatSpread(takeovers, 1, " s"),
      floor: spread(({ attachSeconds }) => attachSeconds),
      target: `at most ${MOST_AFTER_RELEASE_SECONDS} s, every seed`,
      isMet: Math.max(...takeovers) <= MOST_AFTER_RELEASE_SECONDS,
    },
  ];
}
