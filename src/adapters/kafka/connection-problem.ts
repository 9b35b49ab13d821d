/** A line that librdkafka logs when a connection fails; its errors only say that one did. */
export interface FailureLine {
  /** `FAIL` for a connection. */
  readonly fac: string;
  readonly message: string;
}

/** The threads and the address before the reason, and the duration after it, which differs each time. */
const AROUND_REASON = /^(?:\[thrd:[^\]]*\]: )?(?:\S+: )?|\s*\(after .*\)$/g;
const IN_HANDSHAKE = /in state SSL_HANDSHAKE|SSL handshake failed/;
/** What a broker that expects TLS makes of the first request; one that is just starting may do the same. */
const CLOSED_AT_ONCE = /Disconnected.*in state APIVERSION_QUERY|might be caused by incorrect security\.protocol/;

/** The reason in one line, with the setting to look at, where the two ends seem to disagree on TLS; undefined elsewhere. */
export function connectionProblem({ fac, message }: FailureLine, tls: boolean): string | undefined {
  if (fac !== 'FAIL') return undefined;
  if (tls && IN_HANDSHAKE.test(message)) {
    const reason = message.replaceAll(AROUND_REASON, '').replace(/^SSL handshake failed: /, '');
    const look = /certificate/i.test(reason)
      ? 'see KAFKA_CA_FILE'
      : 'KAFKA_TLS=on asks for TLS, do the brokers speak it on this port?';
    return `Kafka: the TLS handshake failed: ${reason}; ${look}`;
  }
  if (!tls && CLOSED_AT_ONCE.test(message)) {
    return 'Kafka: a broker closed the connection at the first request: if it expects TLS, set KAFKA_TLS=on';
  }
  return undefined;
}
