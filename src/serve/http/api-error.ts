/** What a client is told went wrong, in the form that OpenAI's clients read. */
export class ApiError extends Error {
  constructor(
    readonly status: 400 | 401 | 404 | 413 | 429 | 500 | 503 | 504,
    message: string,
    readonly details: {
      readonly code?: string;
      readonly param?: string;
      readonly retrySeconds?: number;
    } = {},
  ) {
    super(message);
  }

  /** The body of the answer. */
  get body(): object {
    const { code = null, param = null } = this.details;
    return { error: { message: this.message, type: TYPES[this.status], param, code } };
  }
}

const TYPES: Readonly<Record<ApiError['status'], string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  404: 'invalid_request_error',
  413: 'invalid_request_error',
  429: 'rate_limit_error',
  500: 'server_error',
  503: 'server_error',
  504: 'server_error',
};

/** A field that is not as it should be. */
export const badField = (param: string, message: string, code = 'invalid_value') =>
  new ApiError(400, `${param}: ${message}`, { param, code });
