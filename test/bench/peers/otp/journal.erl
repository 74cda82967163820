%% One disk_log for all agents. Its process syncs once for all that wait: what comes while it syncs is the next group.
-module(journal).
-behaviour(gen_server).
-export([start_link/2, append/3, write/1]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2, terminate/2]).

%% Recover(Term) is called with each term that is kept already, in order, before this returns; it has the table `recovered`.
start_link(Folder, Recover) -> gen_server:start_link({local, ?MODULE}, ?MODULE, {Folder, Recover}, []).

%% Whoever called an agent gets the reply once the term is on the disk.
append(Term, From, Reply) -> gen_server:cast(?MODULE, {append, [term_to_binary(Term)], {reply, From, Reply}}).

%% Returns once the terms are on the disk.
write(Terms) -> gen_server:call(?MODULE, {append, [term_to_binary(Term) || Term <- Terms]}, infinity).

init({Folder, Recover}) ->
    process_flag(trap_exit, true),
    recovered = ets:new(recovered, [named_table, public, ordered_set]),
    opened(disk_log:open([{name, ?MODULE}, {file, filename:join(Folder, "journal.log")}])),
    ok = recover(start, Recover),
    {ok, {[], []}}.

opened({ok, ?MODULE}) -> ok;
%% What a crash has left half written at the end is cut off; nobody has been answered for it.
opened({repaired, ?MODULE, _Recovered, _BadBytes}) -> ok.

recover(From, Recover) ->
    case disk_log:chunk(?MODULE, From) of
        eof ->
            ok;
        {Next, Terms} ->
            lists:foreach(Recover, Terms),
            recover(Next, Recover)
    end.

handle_call({append, Bytes}, From, Group) -> {noreply, add(Bytes, {reply, From, ok}, Group), 0}.

%% The timeout of 0 comes once no more is waiting.
handle_cast({append, Bytes, Reply}, Group) -> {noreply, add(Bytes, Reply, Group), 0}.

handle_info(timeout, {Bytes, Replies}) ->
    ok = disk_log:blog_terms(?MODULE, lists:append(lists:reverse(Bytes))),
    ok = disk_log:sync(?MODULE),
    gen_statem:reply(lists:reverse(Replies)),
    {noreply, {[], []}}.

add(Bytes, Reply, {Group, Replies}) -> {[Bytes | Group], [Reply | Replies]}.

terminate(_Reason, _Group) -> disk_log:close(?MODULE).
