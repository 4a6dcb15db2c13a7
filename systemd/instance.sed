# Makes finishwatch@.service of finishwatch.service: an instance for each competition, with its own settings and ledger.
# Its folders stand beside those of finishwatch.service, not below: systemd deletes /run/finishwatch when that one stops.
s#/etc/finishwatch/config\.toml#/etc/finishwatch/%i.toml#
s#^\(State\|Runtime\)Directory=finishwatch$#&@%i#
s#^Description=.*#& (%i)#
s#^\(Sockets\|BindsTo\)=finishwatch\.#\1=finishwatch@%i.#
s#/run/finishwatch\.sock#/run/finishwatch@%i.sock#
s#-/var/lib/finishwatch -/run/finishwatch#-/var/lib/finishwatch@%i -/run/finishwatch@%i#
s#^LoadCredential=.*#LoadCredential=opentrack.password:/etc/finishwatch/%i.password#
# A user for each, so that none can end or command another. (Without a name it would be the same one, finishwatch, for all.)
s#^User=finishwatch$#&-%i#
s#^\#   settings .*#\#   settings    /etc/finishwatch/NAME.toml#
s#^\#   password .*#\#   password    /etc/finishwatch/NAME.password     (leave it to root: chown root:root, chmod 600)#
s#^\#   memory .*#\#   memory      /var/lib/finishwatch@NAME          (what has been read, sent and confirmed)#
s#^\# finishwatch: .*#\# finishwatch@NAME: one of several competitions at once. Made of finishwatch.service by instance.sed.#
s#`systemctl edit finishwatch`#`systemctl edit finishwatch@NAME`#
s#journalctl -u finishwatch\b#journalctl -u finishwatch@NAME#g
s#/etc/finishwatch/opentrack\.password is#/etc/finishwatch/NAME.password is#
