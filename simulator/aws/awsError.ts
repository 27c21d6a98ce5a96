/** An error as AWS answers it, by its code. */
export class AwsError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status = 400,
  ) {
    super(message);
  }
}

/**
 * Something that AWS has and this simulator hasn't: never ignored, since what is left out silently
 * proves nothing. It ends the run.
 */
export class NotModelled extends Error {
  constructor(what: string) {
    super(`the simulator doesn't model ${what}`);
  }
}
