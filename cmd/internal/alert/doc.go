// Package alert says when somebody should come and look: once when it begins, once when it is over, and not in between.
//
// Its one idea: what is so at this moment ([Snapshot]) is not yet an alert. Each kind has to be so for a while before it
// begins, and not so for a while before it ends; one that comes again and again has to stay away longer each time. So a
// network that flaps makes two lines and no flood. [Tracker] is that rule, without a clock and without a log; [Alerts],
// [Command] and [Heartbeat] are the loops around it, and [kinds] is the list.
//
// It decides nothing about results, and nothing waits for it.
package alert
