import { type EnforcementLevel, type ReportViolation, type StackValidation } from "@pulumi/policy";
import { type Program, readProgram } from "./program";
import { readSettings } from "./settings";

/** Takes what a policy finds. Each finding is about one resource. */
export interface Report {
  /** Stops the preview, unless the policy's level is set to advisory. */
  violation: (urn: string, message: string) => void;
  /** Is shown and stops nothing, whatever the policy's level. */
  advice: (urn: string, message: string) => void;
  /** Says what can't be decided in a preview. */
  undecided: (urn: string, question: string) => void;
}

/** A level for one finding, where it isn't the policy's. */
type ReportWithLevel = (finding: {
  urn?: string;
  message: string;
  enforcementLevel: EnforcementLevel;
}) => void;

/**
 * Makes a validation of a function that judges the program as a whole. A wrong configuration is a
 * violation that no level softens, since nothing can be judged by it.
 */
export function judging(judge: (program: Program, report: Report) => void): StackValidation {
  return (args, reportViolation) => {
    const read = readSettings(args.getConfig());
    if ("mistakes" in read) {
      const message = `The configuration of this policy can't be used:\n${read.mistakes}`;
      withLevel(reportViolation)({ message, enforcementLevel: "mandatory" });
      return;
    }
    judge(readProgram(args.resources, read.settings), reportTo(reportViolation));
  };
}

function reportTo(reportViolation: ReportViolation): Report {
  const advice = (urn: string, message: string) => {
    withLevel(reportViolation)({ urn, message, enforcementLevel: "advisory" });
  };
  return {
    violation: (urn, message) => {
      reportViolation(message, urn);
    },
    advice,
    undecided: (urn, question) => {
      advice(urn, `cannot be checked before up: ${question}`);
    },
  };
}

/**
 * The callback also takes an object with a level of its own. Its type doesn't say so: the overload is
 * kept private (pulumi-policy, pull request 424), so a test of the running pack holds it.
 */
function withLevel(reportViolation: ReportViolation): ReportWithLevel {
  const report: (finding: never) => void = reportViolation;
  return report as ReportWithLevel;
}
