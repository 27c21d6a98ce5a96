import assert from "node:assert/strict";
import { type HistoryOptions, playHistory } from "../../../simulator/workload/history";
import { replayCommand } from "../../../simulator/workload/shrink";
import { worldOf } from "../../../simulator/workload/worlds";
import { deploy } from "../stage";

const STEPS = 50;

/** Plays a history and wants every promise kept; the command in the message replays it. */
export async function holdHistory(options: Omit<HistoryOptions, "steps">): Promise<void> {
  const { pools, existing } = worldOf(options.seed);
  const deployment = await deploy(pools, existing);
  const { broken, faults } = await playHistory(deployment, { steps: STEPS, ...options });
  const replay = replayCommand({ ...options, steps: STEPS });
  assert.deepEqual(broken, [], `${replay}\n${faults.join("\n")}`);
}
