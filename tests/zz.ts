import { playHistory } from "../simulator/history";
import { deploy } from "./simulator/stage";
import { worldOf } from "../simulator/soakPools";
async function main() {
  const { pools, existing } = worldOf(1);
  const deployment = await deploy(pools, existing);
  const o = await playHistory(deployment, { seed: 1, steps: 50, clients: "bundle", listener: (e) => { if (e.atMs > 158000) console.log((e.atMs/1000).toFixed(1), e.source, e.text.slice(0, 150)); } });
  console.log(o.broken);
}
void main();
