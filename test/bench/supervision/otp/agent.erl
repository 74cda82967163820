%% A gen_statem of two states with a count and ten texts, that fails when it is told to. It says when it throws, and when
%% it has started.
-module(agent).
-behaviour(gen_statem).
-export([start_link/1, init/1, callback_mode/0, even/3, odd/3]).

start_link(Client) -> gen_statem:start_link(?MODULE, Client, []).

callback_mode() -> state_functions.

init(Client) ->
    Client ! {started, self()},
    {ok, even, #{client => Client, count => 0, last => [<<"a text">> || _ <- lists:seq(1, 10)]}}.

even(Type, Event, Data) -> handle(Type, Event, odd, Data).

odd(Type, Event, Data) -> handle(Type, Event, even, Data).

handle(cast, break, _Next, #{client := Client}) ->
    Client ! {throwing, erlang:monotonic_time()},
    error(broken);
handle({call, From}, {append, Text}, Next, #{count := Count, last := [_ | Last]} = Data) ->
    {next_state, Next, Data#{count := Count + 1, last := Last ++ [Text]}, [{reply, From, ok}]}.
