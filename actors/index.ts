export { type ActivityArgs, type ActivityOptions, fromActivity, type RetryPolicy } from './from-activity.js'
export { type HeartbeatOptions, withHeartbeat } from './with-heartbeat.js'
