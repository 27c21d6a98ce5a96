import type { Instance } from "../aws/ec2/ec2";
import { isWarm } from "../aws/autoscaling/group";
import { poolsIn } from "../checkers/expectedState";
import type { Stage } from "./basic";

/** The longest that anything may take in a scenario before it has failed, in virtual seconds. */
export const PATIENCE_SECONDS = 600;
/** After the last operation everything must stay as it is for this long: two rounds of the schedule. */
export const QUIET_SECONDS = 125;

/** Lets time go by until every group is in service at its size and nobody is without an address. */
export async function waitUntilServed(stage: Stage): Promise<string[]> {
  const { region, addressHistory } = stage;
  const isServed = () => {
    const groups = [...region.autoScaling.groups.values()];
    const instances = [...region.ec2.instances.values()];
    return (
      groups.every(({ members, desiredCapacity }) => {
        const states = [...members.values()]
          .filter((member) => !isWarm(member))
          .map(({ lifecycleState }) => lifecycleState);
        return states.length === desiredCapacity && states.every((state) => state === "InService");
      }) &&
      instances.every(({ state }) => state !== "pending") &&
      addressHistory.findFaults().length === 0
    );
  };
  if (await region.run(PATIENCE_SECONDS, isServed)) return [];
  return [`after ${PATIENCE_SECONDS} s not all is as it should be`, ...addressHistory.findFaults()];
}

/** Kills a member of a group without spare addresses; its replacement must have its address in the end. */
export async function killOne(stage: Stage): Promise<string[]> {
  const { region, addressHistory } = stage;
  const victim = memberWithoutSpare(stage);
  const address = victim && addressHistory.addressOf(victim.id);
  if (victim === undefined) {
    return [
      "no group of the stack is without spare addresses, which this scenario needs; that isn't wrong: play another one",
    ];
  }
  if (address === undefined) return ["there is nobody to kill"];
  region.journal.write("operator", `kills ${victim.id}, which has ${address}`);
  region.ec2.terminateInstance(victim.id);
  const isReplaced = () => {
    const holder = addressHistory.holderOf(address);
    return holder !== undefined && holder !== victim.id;
  };
  const faults = (await region.run(PATIENCE_SECONDS, isReplaced))
    ? []
    : [`nobody took over ${address}`];
  faults.push(...(await waitUntilServed(stage)));
  await region.run(QUIET_SECONDS);
  return faults;
}

function memberWithoutSpare({ region, addressHistory }: Stage): Instance | undefined {
  const isTight = (pool: string, size: number) =>
    addressHistory.accounts.filter((account) => account.pool === pool).length === size;
  const groups = [...region.autoScaling.groups.values()];
  const tight = groups.find(({ tags, desiredCapacity }) =>
    poolsIn(tags[region.tagKey] ?? "").every((pool) => isTight(pool, desiredCapacity)),
  );
  return tight && [...tight.members.values()][0]?.instance;
}
