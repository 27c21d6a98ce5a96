import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { Deployment } from "../../../simulator/deploy/engine";
import { AddressHistory } from "../../../simulator/checkers/addressHistory";
import { lifeScenarios } from "../../../simulator/scenarios/life";
import { Region } from "../../../simulator/aws/region";
import { deploy } from "../stage";

const SEEDS = [1, 2, 3];

async function playLife(deployment: Deployment, name: string, seed: number): Promise<string[]> {
  const region = await Region.open(deployment, { seed, clients: "inProcess" });
  try {
    const addressHistory = AddressHistory.of(region);
    const faults = await lifeScenarios[name]?.play({ region, addressHistory });
    return [...(faults ?? [`there is no scenario ${name}`]), ...addressHistory.findFaults()];
  } finally {
    await region.close();
  }
}

describe("the life of a group and of its instances", () => {
  for (const name of Object.keys(lifeScenarios)) {
    it(`does to the address what docs/life.md says: ${name}`, async () => {
      for (const seed of SEEDS) {
        assert.deepEqual(await playLife(await deploy(), name, seed), [], `seed ${seed}`);
      }
    });
  }

  it("is told in docs/life.md row by row", () => {
    const rows = readFileSync("docs/life.md", "utf8")
      .split("\n")
      .filter((line) => /^\|.*\| *`[a-z-]+` *\|$/.test(line))
      .map((line) =>
        line
          .split("|")
          .slice(1, -1)
          .map((cell) => cell.trim()),
      );
    const told = Object.entries(lifeScenarios).map(([name, { description, address }]) => [
      description,
      address,
      `\`${name}\``,
    ]);
    assert.deepEqual(rows, told);
  });
});

/** How a manager may be wrong about Auto Scaling and EC2, and the scenarios that it then plays badly. */
const MISTAKES: [taken: string[], as: string, scenarios: string[]][] = [
  [["Terminat"], "?", ["scale-in", "scale-in-protection", "refresh-terminate-first"]],
  [["Terminat"], "?", ["status-check", "suspend-terminate", "capacity-rebalancing"]],
  [["Terminat"], "Standby", ["standby", "standby-replaced"]],
  [["Terminat"], "Detach", ["detach-instance"]],
  [["Terminating:Wait"], "?", ["scale-in", "refresh-launch-first"]],
  [["Terminating:Retained"], "?", ["retained"]],
  [["ReplacingRootVolume:Wait"], "?", ["refresh-root-volumes"]],
  [["Warmed:"], "?", ["warm-pool-running", "warm-pool-reuse"]],
  [["WarmPool"], "?", ["warm-pool-stopped", "warm-pool-running", "warm-pool-hibernated"]],
  [["Warmed:Pending:Wait"], "?", ["warm-pool-reuse"]],
  [["Warmed:Terminating:Wait"], "?", ["warm-pool-deleted"]],
  [["stopping", "stopped"], "?", ["suspend-health-check", "suspend-replace-unhealthy"]],
  [["stopping", "stopped"], "?", ["hibernate-alone", "spot-stop", "stop-start"]],
];

describe("a scenario of the life of a group", () => {
  for (const [taken, as, names] of MISTAKES) {
    const mistake = `takes ${taken.join(" and ")} for ${as}`;
    it(`fails with a manager that ${mistake}: ${names.join(", ")}`, async () => {
      const deployment = await deploy();
      let code = deployment.archive.get("__index.js") ?? "";
      for (const text of taken) {
        assert.ok(code.includes(`"${text}"`), `the archive has no "${text}"`);
        code = code.replaceAll(`"${text}"`, `"${as}"`);
      }
      const archive = new Map([...deployment.archive, ["__index.js", code]]);
      for (const name of names) {
        assert.notDeepEqual(await playLife({ ...deployment, archive }, name, 1), [], name);
      }
    });
  }
});
