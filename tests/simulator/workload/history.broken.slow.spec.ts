import assert from "node:assert/strict";
import { playHistory } from "../../../simulator/workload/history";
import type { JournalEntry } from "../../../simulator/views/journal";
import { worldOf } from "../../../simulator/workload/worlds";
import { deploy } from "../stage";

/** What a manager may fail to do or see, in its archive's words; a history in which that shows, and how. */
const MISTAKES: [
  wrong: string,
  text: string,
  as: string,
  history: { seed: number; steps: number },
  shows: RegExp[],
][] = [
  [
    "doesn't attach",
    ".attachNetworkInterface(",
    ".nothing(",
    { seed: 3, steps: 12 },
    [/^[\d.]+ s: for \d+ s i-\w+ has no address, though one is free$/, /^not recovered: i-\w+ has/],
  ],
  [
    "doesn't detach",
    ".detachNetworkInterface(",
    ".nothing(",
    { seed: 3, steps: 30 },
    [/^[\d.]+ s: for \d+ s [\d.]+ is still attached to i-\w+$/],
  ],
  [
    "doesn't answer lifecycle hooks",
    ".completeLifecycleAction(",
    ".nothing(",
    { seed: 3, steps: 12 },
    [
      /^[\d.]+ s: for \d+ s \S+ still waits for i-\w+ in Pending:Wait$/,
      /^not recovered: \S+ wants/,
    ],
  ],
  [
    "doesn't delete what it made",
    ".deleteNetworkInterface(",
    ".nothing(",
    { seed: 5, steps: 12 },
    [/^[\d.]+ s: for \d+ s [\d.]+ (is used by nobody|outlives its instance)$/],
  ],
  [
    "gives up every launch",
    '"CONTINUE"',
    '"ABANDON"',
    { seed: 6, steps: 1 },
    [/^no rest: AttachNetworkInterface /],
  ],
  [
    "sees nobody launch",
    '"Pending:Wait"',
    '"?"',
    { seed: 3, steps: 12 },
    [/^not recovered: \S+ still waits for i-\w+/],
  ],
];

describe("a history with a manager that is wrong", () => {
  for (const [wrong, text, as, history, shows] of MISTAKES) {
    it(`shows that it ${wrong}`, async () => {
      const { pools, existing } = worldOf(history.seed);
      const deployment = await deploy(pools, existing);
      const code = deployment.archive.get("__index.js") ?? "";
      assert.ok(code.includes(text), `the archive has no ${text}`);
      const archive = new Map([
        ...deployment.archive,
        ["__index.js", code.replaceAll(text, as)] as const,
      ]);
      const { broken } = await playHistory({ ...deployment, archive }, { ...history, only: [] });
      for (const shown of shows) {
        assert.ok(
          broken.some((promise) => shown.test(promise)),
          `nothing like ${String(shown)} in\n${broken.join("\n")}`,
        );
      }
    });
  }

  it("says that it can't be played, and why", async () => {
    const listener = ({ source }: JournalEntry) => {
      if (source === "operator") throw new Error("nobody listens");
    };
    const options = { seed: 3, steps: 1, only: [], listener };
    const { broken } = await playHistory(await deploy(worldOf(3).pools), options);
    assert.match(broken.join("\n"), /^it can't be played: Error: nobody listens\n/);
  });
});
