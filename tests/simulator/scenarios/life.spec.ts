import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { scenarioByName, scenarios } from "../../../simulator/scenarios";
import { playScenario } from "../../../simulator/scenarios/scenario";
import { deploy, withStage } from "../stage";

describe("docs/life.md", () => {
  it("tells row by row what each scenario of a group's life does to the address", () => {
    const rows = readFileSync("docs/life.md", "utf8")
      .split("\n")
      .filter((line) => /^\|.*\| *`[a-z-]+` *\|$/.test(line))
      .map((line) => line.split("|").map((cell) => cell.trim()));
    const told = Object.entries(scenarios)
      .filter(([, { address }]) => address !== undefined)
      .map(([name, { description, address }]) => ["", description, address, `\`${name}\``, ""]);
    assert.equal(told.length, 29);
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
  [[":Retained"], "?", ["retained"]],
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
        const options = { deployment: { ...deployment, archive }, clients: "inProcess" } as const;
        const faults = await withStage(options, (stage) =>
          playScenario(scenarioByName(name), stage),
        );
        assert.notDeepEqual(faults, [], name);
      }
    });
  }
});
