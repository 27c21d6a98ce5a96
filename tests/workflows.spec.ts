import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";

interface Step {
  uses?: string;
  run?: string;
  with?: Record<string, unknown>;
}

interface Job {
  needs?: string;
  if?: string;
  "timeout-minutes"?: number;
  permissions?: Record<string, string>;
  strategy?: { "fail-fast": boolean; "max-parallel"?: number; matrix: { stack: string[] } };
  environment?: string;
  concurrency?: unknown;
  steps: Step[];
}

interface Workflow {
  on: unknown;
  permissions?: unknown;
  concurrency?: unknown;
  jobs: Record<string, Job>;
}

const ROOT = path.resolve(__dirname, "..");
const FOLDER = ".github/workflows";
const PINNED = /^uses: ([\w.-]+\/[\w.-]+@[0-9a-f]{40}) # v\d+\.\d+\.\d+$/;

const read = (file: string): string => readFileSync(path.join(ROOT, file), "utf8");
const readWorkflow = (file: string): Workflow => parse(read(path.join(FOLDER, file))) as Workflow;

const actionOf = ({ uses = "" }: Step): string => uses.replace(/@.*/, "");
const stepsOf = ({ jobs }: Workflow): Step[] => Object.values(jobs).flatMap(({ steps }) => steps);
const inputsOf = (steps: Step[], action: string): Record<string, unknown>[] =>
  steps.filter((step) => actionOf(step) === action).map((step) => step.with ?? {});

function jobOf({ jobs }: Workflow, name: string): Job {
  const job = jobs[name];
  assert.ok(job, name);
  return job;
}

describe("the workflows", () => {
  const files = readdirSync(path.join(ROOT, FOLDER));
  const preview = readWorkflow("preview.yml");
  const deploy = readWorkflow("deploy.yml");
  const stackJobs = [jobOf(preview, "preview"), jobOf(deploy, "deploy")];

  it("are those that are tested here", () => {
    assert.deepEqual(files, ["deploy.yml", "preview.yml"]);
  });

  for (const file of files) {
    describe(file, () => {
      const workflow = readWorkflow(file);
      const jobs = Object.entries(workflow.jobs);

      it("pins every action to a commit, and tells its version", () => {
        const lines = read(path.join(FOLDER, file)).match(/\buses:.*/g) ?? [];
        const pins = lines.map((line) => PINNED.exec(line)?.[1] ?? `not pinned: ${line}`);
        const used = stepsOf(workflow).flatMap(({ uses }) => uses ?? []);
        assert.deepEqual(pins, used);
      });

      it("gives rights to jobs only", () => {
        assert.deepEqual(workflow.permissions, {});
        for (const [name, { permissions }] of jobs) assert.ok(permissions, name);
      });

      it("gives a job the least rights: an identity for AWS, pull requests to comment on", () => {
        for (const [name, { permissions, steps }] of jobs) {
          const usesAws = inputsOf(steps, "aws-actions/configure-aws-credentials").length > 0;
          const comments = inputsOf(steps, "pulumi/actions").some(
            (inputs) => inputs["comment-on-pr"],
          );
          const least = {
            contents: "read",
            ...(usesAws && { "id-token": "write" }),
            ...(comments && { "pull-requests": "write" }),
          };
          assert.deepEqual(permissions, least, name);
        }
      });

      it("ends a job that hangs", () => {
        for (const [name, job] of jobs) assert.ok(job["timeout-minutes"], name);
      });

      it("keeps no token in the checked-out repository", () => {
        for (const [name, { steps }] of jobs) {
          assert.deepEqual(
            inputsOf(steps, "actions/checkout"),
            [{ "persist-credentials": false }],
            name,
          );
        }
      });

      it("knows no secret but the tokens", () => {
        const named = JSON.stringify(workflow).match(/\bsecrets\b[.\w]*/g) ?? [];
        const known = ["secrets.PULUMI_ACCESS_TOKEN", "secrets.GITHUB_TOKEN"];
        assert.deepEqual(
          named.filter((name) => !known.includes(name)),
          [],
        );
      });

      it("puts no expression into a script", () => {
        const scripts = stepsOf(workflow).flatMap(({ run }) => run ?? []);
        assert.deepEqual(
          scripts.filter((script) => script.includes("${{")),
          [],
        );
      });

      it("checks first what it shows or deploys", () => {
        const scripts = jobOf(workflow, "check").steps.flatMap(({ run }) => run ?? []);
        assert.deepEqual(scripts, ["npm ci", "npm run check", "npm start -- --plain"]);
        for (const [name, { needs }] of jobs) {
          assert.equal(needs, name === "check" ? undefined : "check", name);
        }
      });
    });
  }

  it("use one version of an action", () => {
    const uses = new Set([preview, deploy].flatMap(stepsOf).flatMap((step) => step.uses ?? []));
    const actions = [...uses].map((used) => actionOf({ uses: used }));
    assert.equal(new Set(actions).size, actions.length, [...uses].join("\n"));
  });

  it("run the command line of package.json, with the policies, on the stack of the job", () => {
    const { devDependencies } = JSON.parse(read("package.json")) as {
      devDependencies: Record<string, string>;
    };
    const commands = stackJobs.flatMap(({ steps }) => inputsOf(steps, "pulumi/actions"));
    assert.deepEqual(
      commands.map((inputs) => inputs.command),
      ["preview", "preview", "up"],
    );
    for (const inputs of commands) {
      assert.equal(inputs.policyPacks, "policy");
      assert.equal(inputs["pulumi-version"], devDependencies.pulumi);
      assert.equal(inputs["stack-name"], "${{ matrix.stack }}");
    }
  });

  it("install the packages and get credentials before Pulumi runs", () => {
    for (const { steps } of stackJobs) {
      const order = steps.map((step) => step.run ?? actionOf(step));
      assert.deepEqual(order.slice(0, 5), [
        "actions/checkout",
        "actions/setup-node",
        "npm ci",
        "aws-actions/configure-aws-credentials",
        "pulumi/actions",
      ]);
    }
  });

  it("know the same stacks, and each has its configuration", () => {
    const [previewed, deployed] = stackJobs.map(({ strategy }) => strategy?.matrix.stack ?? []);
    assert.ok(deployed?.length);
    assert.deepEqual(previewed, deployed);
    for (const stack of deployed)
      assert.ok(existsSync(path.join(ROOT, `Pulumi.${stack}.yaml`)), stack);
  });

  it("preview pull requests, but none of a fork", () => {
    assert.deepEqual(preview.on, { pull_request: null });
    assert.equal(
      jobOf(preview, "preview").if,
      "github.event.pull_request.head.repo.full_name == github.repository && " +
        "github.event.pull_request.user.login != 'dependabot[bot]'",
    );
  });

  it("deploy nothing but main", () => {
    assert.deepEqual(deploy.on, { push: { branches: ["main"] }, workflow_dispatch: null });
    assert.equal(jobOf(deploy, "deploy").if, "github.ref == 'refs/heads/main'");
  });

  it("deploy a stack once at a time, and cut no update off", () => {
    const { concurrency, strategy, environment } = jobOf(deploy, "deploy");
    assert.deepEqual(concurrency, {
      group: "deploy-${{ matrix.stack }}",
      "cancel-in-progress": false,
    });
    assert.equal(deploy.concurrency, undefined);
    // A failure cancels the jobs that run beside it.
    assert.equal(strategy?.["max-parallel"], 1);
    assert.equal(environment, "${{ matrix.stack }}");
  });
});
