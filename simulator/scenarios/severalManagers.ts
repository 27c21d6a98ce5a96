import { withPools } from "../deploy/stackFile";
import { LONGEST_SECONDS } from "./bigRegion";
import { addHolder, addMembers, SYNC_SECONDS, untilIdle, untilSchedule } from "./manyHolders";
import { Operator } from "./operator";
import type { Instance } from "../aws/ec2/state";
import type { Measurement } from "./scenario";
import type { Region } from "../aws/region";

const MANAGERS = ["first", "second", "third"];

/**
 * Pools divided over managers, in each of which a holder no longer runs.
 *
 * @param holderCount how many instances hold an address of each manager's pool
 */
export function severalManagers(holderCount = 10_000): Measurement {
  const total = holderCount * MANAGERS.length;
  return {
    description: `${total} instances hold addresses of pools of ${MANAGERS.length} managers, and one of each stops`,
    options: { clients: "inProcess", responseCost: true },
    configure: (settings) =>
      withPools(
        settings,
        MANAGERS.map((manager) => ({ name: manager, size: 1, manager, group: {} })),
      ),
    async measure(stage) {
      const { region } = stage;
      const operator = new Operator(stage);
      await operator.untilServed();
      const groups = [...region.autoScaling.groups.values()];
      for (const group of groups) addMembers(region, group, holderCount);
      const addHolders = async () => {
        const holders = groups.map((group) => addHolder(region, group));
        await region.run(SYNC_SECONDS);
        await untilIdle(region);
        await untilSchedule(region);
        return holders;
      };
      const silent = await addHolders();
      for (const holder of silent) holder.state = "stopping";
      const silentlyDetached = await timeDetachments(region, silent);
      for (const holder of silent) holder.state = "running";
      const stopped = await addHolders();
      for (const { id } of stopped) region.ec2.stopInstance(id);
      const detached = await timeDetachments(region, stopped);
      const common = { wanted: SYNC_SECONDS, unit: "s" };
      const of = `Detached from one of ${holderCount} of each of ${MANAGERS.length} managers`;
      const targets = [
        { what: `${of} that is stopping, which no event told`, ...common, ...silentlyDetached },
        { what: `${of} that stops`, ...common, ...detached },
      ];
      return { faults: operator.faults, targets };
    },
  };
}

/** Says how long the last of these instances still has the address of its pool. */
async function timeDetachments(
  region: Region,
  holders: Instance[],
): Promise<{ found: number; isOpen: boolean }> {
  const fromSeconds = region.seconds;
  region.journal.write("operator", `finds ${holders.map(({ id }) => id).join(", ")} not running`);
  const areDetached = () => holders.every(({ id }) => region.ec2.interfacesOf(id).length === 1);
  const isOpen = !(await region.run(LONGEST_SECONDS, areDetached));
  return { found: region.seconds - fromSeconds, isOpen };
}
