%% An agent asleep on a timer; and the work that puts many of them to sleep and counts those that have woken.
-module(sleeper).
-behaviour(gen_statem).
-export([open/1, call/2, close/0]).
-export([start_link/3, init/1, callback_mode/0, asleep/3, awake/3]).

-define(RECOVERED, recovered).
-define(WOKEN, woken).

open(Keeping) ->
    ?WOKEN = ets:new(?WOKEN, [named_table, public]),
    ets:insert(?WOKEN, [{count, 0}, {last_at, 0}]),
    opened(Keeping).

opened(["memory"]) ->
    {ok, _} = tree:start_link({?MODULE, start_link, [memory]}),
    ok;
opened(["disk", Folder]) ->
    {ok, _} = tree:start_link({?MODULE, start_link, [disk]}, Folder, fun recover/1, fun start_all/0),
    ok.

start_all() ->
    _ = put_to_sleep([[Id, DueAt] || {Id, DueAt} <- ets:tab2list(?RECOVERED)]),
    true = ets:delete_all_objects(?RECOVERED),
    ignore.

recover({asleep, Id, DueAt}) -> ets:insert(?RECOVERED, {Id, DueAt});
recover({woken, Id}) -> ets:delete(?RECOVERED, Id).

close() -> tree:stop().

call(<<"sleep">>, [<<"memory">> | Words]) -> put_to_sleep(asleep(Words));
call(<<"sleep">>, [<<"disk">> | Words]) ->
    Asleep = asleep(Words),
    ok = journal:write([{asleep, Id, DueAt} || [Id, DueAt] <- Asleep]),
    put_to_sleep(Asleep);
call(<<"woken">>, []) -> [ets:lookup_element(?WOKEN, Key, 2) || Key <- [count, last_at]];
call(<<"rest">>, []) ->
    _ = [garbage_collect(Pid) || Pid <- processes()],
    [].

asleep(Words) ->
    [From, Count, DueAt] = [binary_to_integer(Word) || Word <- Words],
    [[Id, DueAt] || Id <- lists:seq(From, From + Count - 1)].

put_to_sleep(Asleep) ->
    _ = [tree:start_agent(Arguments) || Arguments <- Asleep],
    [].

start_link(Keeping, Id, DueAt) -> gen_statem:start_link(?MODULE, {Keeping, Id, DueAt}, []).

callback_mode() -> state_functions.

init({Keeping, Id, DueAt}) ->
    InMs = max(0, DueAt - erlang:system_time(millisecond)),
    {ok, asleep, {Keeping, Id}, [{state_timeout, InMs, due}, hibernate]}.

asleep(state_timeout, due, {Keeping, Id} = Data) ->
    ok = keep(Keeping, Id),
    _ = ets:update_counter(?WOKEN, count, 1),
    ets:insert(?WOKEN, {last_at, erlang:system_time(millisecond)}),
    {next_state, awake, Data}.

awake(_Type, _Event, _Data) -> keep_state_and_data.

keep(memory, _Id) -> ok;
keep(disk, Id) -> journal:write([{woken, Id}]).
