import assert from "node:assert/strict";
import { judging, type Report } from "../../policy/judging";
import { compliant, TAG_KEY } from "./stackBuilders";
import { judge, show } from "./policyEngine";

/** Judges the compliant stack by a policy that reports this of group "web". */
function judgeBy(find: (report: Report, urn: string) => void, enforcementLevel?: "advisory") {
  const policy = {
    name: "trial",
    description: "Finds what it is told to.",
    enforcementLevel,
    validateStack: judging((program, report) => {
      for (const { resource } of program.groups) find(report, resource.urn);
    }),
  };
  return judge(policy, show(compliant));
}

describe("judging", () => {
  it("reports a violation at the policy's own level", async () => {
    const find = (report: Report, urn: string) => {
      report.violation(urn, "too large");
    };
    assert.deepEqual(await judgeBy(find, "advisory"), [
      { policy: "trial", level: "advisory", resource: "web", message: "too large" },
    ]);
  });

  it("reports advice and what is undecided as advisory, whatever the policy's level", async () => {
    const find = (report: Report, urn: string) => {
      report.advice(urn, "rather large");
      report.undecided(urn, "whether it is too large");
    };
    assert.deepEqual(await judgeBy(find), [
      { policy: "trial", level: "advisory", resource: "web", message: "rather large" },
      {
        policy: "trial",
        level: "advisory",
        resource: "web",
        message: "cannot be checked before up: whether it is too large",
      },
    ]);
  });

  it("shows the pools, the groups and the settings of the stack", async () => {
    const seen: unknown[] = [];
    const policy = {
      name: "trial",
      description: "Looks.",
      validateStack: judging(({ interfaces, groups, settings }) => {
        seen.push(interfaces.map(({ label, pool }) => [label, pool]));
        seen.push(groups.map(({ label }) => label));
        seen.push(settings.tagKey);
      }),
    };
    await judge(policy, show(compliant));
    assert.deepEqual(seen, [
      [['Network interface "licence-0"', "licence"]],
      ['Auto Scaling group "web"'],
      TAG_KEY,
    ]);
  });
});
