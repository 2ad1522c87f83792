/**
 * What a side makes of TLS.
 *
 * A client: `disable` never asks for it; `allow` asks first and goes on without where the server has none, which an
 * attacker in the middle can bring about; `require` leaves unless it gets it, and sends nothing before but the
 * question.
 *
 * A server: `disable` has none (NOTLS); `allow` leaves it to the client but for exports that insist on it
 * (SELECTIVETLS); `require` answers everything else with NBD_REP_ERR_TLS_REQD (FORCEDTLS).
 */
export type NbdTlsPolicy = 'disable' | 'allow' | 'require';
