%% From the throw of a gen_statem to the first answer of the one that its supervisor starts in its place; with the agent and the
%% supervisor of the supervision bench.
-module(failing).
-export([open/1, call/2, close/0]).

%% A supervisor compares each restart with all of the last second, so each batch has a supervisor of its own.
-define(BATCH, 100).

open([]) -> ok.

close() -> ok.

call(<<"fail">>, Words) ->
    [Times, Ms] = [binary_to_integer(Word) || Word <- Words],
    process_flag(trap_exit, true),
    End = erlang:monotonic_time() + erlang:convert_time_unit(Ms, millisecond, native),
    batches(Times, End, []).

batches(0, _End, Figures) -> Figures;
batches(Left, End, Figures) ->
    Batch = batch(min(?BATCH, Left)),
    case erlang:monotonic_time() < End of
        true -> batches(Left - length(Batch), End, Batch ++ Figures);
        false -> Batch ++ Figures
    end.

batch(Count) ->
    {ok, Supervisor} = supervisor:start_link(restart_bench, self()),
    First = receive {started, Pid} -> Pid end,
    Figures = restarts(Count, First, []),
    unlink(Supervisor),
    exit(Supervisor, shutdown),
    Figures.

restarts(0, _Pid, Figures) -> Figures;
restarts(Left, Pid, Figures) ->
    gen_statem:cast(Pid, break),
    Thrown = receive {throwing, Time} -> Time end,
    Next = receive {started, Started} -> Started end,
    ok = gen_statem:call(Next, {append, <<"a text">>}),
    restarts(Left - 1, Next, [closed_loop:ms_since(Thrown) | Figures]).
