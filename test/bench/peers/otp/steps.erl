%% The steps, and the crash: agents by their numbers, started at their first message.
-module(steps).
-export([open/1, call/2, close/0]).

-define(PIDS, pids).
-define(RECOVERED, recovered).

open(["memory"]) -> opened(fun() -> tree:start_link({counting, start_link, [?PIDS, memory]}) end);
open(["disk", Folder]) -> opened(fun() -> on_disk(Folder, none) end);
open(["disk", Folder, Effects]) -> opened(fun() -> on_disk(Folder, Effects) end).

opened(Start) ->
    ok = closed_loop:open(),
    {ok, _} = Start(),
    ok.

on_disk(Folder, Effects) ->
    Agent = {counting, start_link, [?PIDS, {?RECOVERED, Effects}]},
    tree:start_link(Agent, Folder, fun recover/1, fun() -> ignore end).

recover({N, Message}) ->
    State = case ets:lookup(?RECOVERED, N) of
        [{N, Before}] -> Before;
        [] -> {0, []}
    end,
    ets:insert(?RECOVERED, {N, counting:after_message(Message, State)}).

close() -> tree:stop().

call(<<"load">>, Words) ->
    [Agents, WarmUpMs, Ms] = [binary_to_integer(Word) || Word <- Words],
    closed_loop:run(Agents, WarmUpMs, Ms, closed_loop:counted(fun step/2));
call(<<"step">>, [N, Message]) -> [step(binary_to_integer(N), Message)];
call(<<"state">>, [N]) ->
    {Count, Last} = gen_statem:call(pid_of(binary_to_integer(N)), state),
    [Count | Last].

step(N, Message) -> gen_statem:call(pid_of(N), {message, Message}).

pid_of(N) ->
    case ets:lookup(?PIDS, N) of
        [{N, Pid}] -> Pid;
        [] -> tree:start_agent([N])
    end.
