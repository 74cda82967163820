export { type ServedControl as ServedApprovals, serveControl as serveApprovals } from './control-socket.js'
