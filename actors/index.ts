export { type ActivityArgs, type ActivityOptions, fromActivity, type RetryPolicy } from './from-activity.js'
