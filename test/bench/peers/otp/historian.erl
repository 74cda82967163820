%% An agent that keeps every message, in memory and in the journal; and the work that makes it grow.
-module(historian).
-behaviour(gen_statem).
-export([open/1, call/2, close/0]).
-export([start_link/0, init/1, callback_mode/0, keeping/3]).

-define(RECOVERED, recovered).

open([Folder]) ->
    Recover = fun({N, Message}) -> ets:insert(?RECOVERED, {N, Message}) end,
    {ok, _} = tree:start_link({?MODULE, start_link, []}, Folder, Recover, fun start/0),
    ok.

start() ->
    _ = tree:start_agent([]),
    ignore.

close() -> tree:stop().

call(<<"grow">>, [Steps]) ->
    closed_loop:growth(binary_to_integer(Steps), fun(Message) -> gen_statem:call(?MODULE, {message, Message}) end);
call(<<"length">>, []) -> [length(gen_statem:call(?MODULE, history))].

start_link() -> gen_statem:start_link({local, ?MODULE}, ?MODULE, [], []).

callback_mode() -> state_functions.

%% The last message comes first.
init([]) ->
    History = [Message || {_, Message} <- lists:reverse(ets:tab2list(?RECOVERED))],
    {ok, keeping, {length(History), History}}.

keeping({call, From}, {message, Message}, {Length, History}) ->
    journal:append({Length + 1, Message}, From, Length + 1),
    {keep_state, {Length + 1, [Message | History]}};
keeping({call, From}, history, {_Length, History}) ->
    {keep_state_and_data, [{reply, From, History}]}.
