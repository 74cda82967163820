%% From the throw of a gen_statem to the first answer of the one that its supervisor starts in its place.
%% Prints the median in ms. Called with the number of restarts, and whether failures are logged: "logged" as OTP comes, or
%% "silent".
-module(restart_bench).
-behaviour(supervisor).
-export([main/1, init/1]).

%% A supervisor compares each restart with all of the last second, so each batch has a supervisor of its own.
-define(BATCH, 100).

main([Restarts, Logging]) ->
    case Logging of
        "silent" -> logger:set_primary_config(level, none);
        "logged" -> ok
    end,
    process_flag(trap_exit, true),
    Batches = list_to_integer(Restarts) div ?BATCH,
    batches(5),
    Times = lists:sort(batches(Batches)),
    Median = lists:nth(length(Times) div 2 + 1, Times),
    io:format("~nmedian ~.6f ms~n", [erlang:convert_time_unit(Median, native, nanosecond) / 1.0e6]),
    halt().

init(Client) ->
    Flags = #{strategy => one_for_one, intensity => 1000, period => 1},
    {ok, {Flags, [#{id => agent, start => {agent, start_link, [Client]}}]}}.

batches(Count) -> lists:append([batch() || _ <- lists:seq(1, Count)]).

batch() ->
    {ok, Supervisor} = supervisor:start_link(?MODULE, self()),
    First = receive {started, Pid} -> Pid end,
    Times = restarts(?BATCH, First, []),
    unlink(Supervisor),
    exit(Supervisor, shutdown),
    Times.

restarts(0, _Pid, Times) -> Times;
restarts(Left, Pid, Times) ->
    gen_statem:cast(Pid, break),
    Thrown = receive {throwing, Time} -> Time end,
    Next = receive {started, Started} -> Started end,
    ok = gen_statem:call(Next, {append, <<"a text">>}),
    restarts(Left - 1, Next, [erlang:monotonic_time() - Thrown | Times]).
