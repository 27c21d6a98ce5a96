import assert from "node:assert/strict";
import { playHistory } from "../../../simulator/workload/history";
import type { JournalEntry } from "../../../simulator/views/journal";
import { worldOf } from "../../../simulator/workload/worlds";
import { deploy } from "../stage";

interface Mistake {
  /** What is taken for something else, in the archive's words. */
  text: string;
  as: string;
  /** A history in which that shows, and how. */
  history: { seed: number; steps: number };
  shows: RegExp[];
}

const withoutCall = (action: string) => ({ text: `.${action}(`, as: ".nothing(" });

/** What a manager may fail to do or see. */
const MISTAKES: Record<string, Mistake> = {
  "doesn't attach": {
    ...withoutCall("attachNetworkInterface"),
    history: { seed: 3, steps: 12 },
    shows: [
      /^[\d.]+ s: for \d+ s i-\w+ has no address, though one is free$/,
      /^not recovered: i-\w+ has/,
    ],
  },
  "doesn't detach": {
    ...withoutCall("detachNetworkInterface"),
    history: { seed: 3, steps: 30 },
    shows: [/^[\d.]+ s: for \d+ s [\d.]+ is still attached to i-\w+$/],
  },
  "doesn't answer lifecycle hooks": {
    ...withoutCall("completeLifecycleAction"),
    history: { seed: 3, steps: 12 },
    shows: [
      /^[\d.]+ s: for \d+ s \S+ still waits for i-\w+ in Pending:Wait$/,
      /^not recovered: \S+ wants/,
    ],
  },
  "doesn't delete what it made": {
    ...withoutCall("deleteNetworkInterface"),
    history: { seed: 5, steps: 12 },
    shows: [/^[\d.]+ s: for \d+ s [\d.]+ (is used by nobody|outlives its instance)$/],
  },
  "gives up every launch": {
    text: '"CONTINUE"',
    as: '"ABANDON"',
    history: { seed: 6, steps: 1 },
    shows: [/^no rest: AttachNetworkInterface /],
  },
  "sees nobody launch": {
    text: '"Pending:Wait"',
    as: '"?"',
    history: { seed: 3, steps: 12 },
    shows: [/^not recovered: \S+ still waits for i-\w+/],
  },
};

describe("a history with a manager that is wrong", () => {
  for (const [wrong, { text, as, history, shows }] of Object.entries(MISTAKES)) {
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
